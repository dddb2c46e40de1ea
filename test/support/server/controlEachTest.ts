import { afterEach, beforeEach } from 'vitest'
import type { Answer, OpenedStream, ServerLog, Step } from './script.ts'
import { type Control, startControl } from './startControl.ts'

/** The control for tests of the server itself, through Node's `fetch`. */
export interface TestControl {
  /** The url of the control. */
  readonly url: string
  open(...answers: Answer[]): Promise<OpenedStream>
  /** @param condition - a `Condition` in query form */
  log(id: string, condition?: string): Promise<ServerLog>
  /** Rejects with the text of the answer unless the request succeeds. */
  post(path: string, given?: readonly unknown[]): Promise<Response>
  /** Resolves with the text of an answer with this body. */
  bodyOf(...body: Step[]): Promise<string>
}

/** Starts a new control for each test of a file. */
export function controlEachTest(): TestControl {
  let control: Control
  beforeEach(async () => {
    control = await startControl()
  })
  afterEach(() => control.close())

  return {
    get url() {
      return control.url
    },
    open,
    post,
    async log(id, condition = '') {
      return (await fetch(`${control.url}/${id}?${condition}`)).json()
    },
    async bodyOf(...body) {
      const { url } = await open({ body })
      return (await fetch(url)).text()
    },
  }

  async function open(...answers: Answer[]): Promise<OpenedStream> {
    return (await post('', answers)).json()
  }

  async function post(path: string, given?: readonly unknown[]): Promise<Response> {
    const response = await fetch(control.url + path, {
      method: 'POST',
      body: JSON.stringify(given),
    })
    if (!response.ok) throw new Error(await response.text())
    return response
  }
}
