import { afterEach, beforeEach } from 'vitest'
import type { Answer, OpenedStream, ServerLog, Step } from './script.ts'
import { type Control, startControl } from './startControl.ts'

/** The control as a test of the server itself uses it, by Node's `fetch`. */
export interface TestControl {
  /** Its address. */
  readonly url: string
  open(...answers: Answer[]): Promise<OpenedStream>
  /** @param condition - as a query */
  log(id: string, condition?: string): Promise<ServerLog>
  /** Rejects with what the control answers, unless that is a success. */
  post(path: string, given?: readonly unknown[]): Promise<Response>
  /** The text that a client gets of an answer with this body. */
  bodyOf(...body: Step[]): Promise<string>
}

/** Gives each test of a file a control of its own. */
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
