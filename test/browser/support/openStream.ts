import { inject, onTestFinished } from 'vitest'
import type {
  Answer,
  Condition,
  OpenedStream,
  ServerLog,
  Step,
} from '../../support/server/script.ts'

/** A scripted stream, as a test in the browser drives it. It ends with the test. */
export interface TestStream {
  readonly url: string
  /** What has happened at its server so far. */
  log(): Promise<ServerLog>
  /** The same as soon as the condition holds; rejects when it does not in good time. */
  until(condition: Condition): Promise<ServerLog>
  /** What the next requests get, in this order; the last answer is for all that follow. */
  answer(...answers: Answer[]): Promise<void>
  /** Plays steps on all answers that are open now; resolves once they are written. Rejects if none is. */
  play(...steps: Step[]): Promise<void>
  /** Closes its port: connections are refused. Those that are open stay so. */
  refuse(): Promise<void>
  /** Opens the port again. */
  accept(): Promise<void>
}

/**
 * Opens a stream with an origin of its own.
 *
 * @param answers - what the requests get, in this order; the last answer is for all that follow
 */
export async function openStream(...answers: Answer[]): Promise<TestStream> {
  const { id, url } = (await control('POST', '', answers)) as OpenedStream
  const command = async (name: string, given?: readonly unknown[]): Promise<void> => {
    await control('POST', `/${id}/${name}`, given)
  }
  const until = async (condition: Condition): Promise<ServerLog> => {
    const query = Object.entries(condition).map(([name, value]) => `${name}=${value}`)
    return (await control('GET', `/${id}?${query.join('&')}`)) as ServerLog
  }
  onTestFinished(async () => {
    await control('DELETE', `/${id}`)
  })
  return {
    url,
    until,
    log: () => until({}),
    answer: (...answers) => command('answer', answers),
    play: (...steps) => command('play', steps),
    refuse: () => command('refuse'),
    accept: () => command('accept'),
  }
}

async function control(method: string, path: string, given?: readonly unknown[]): Promise<unknown> {
  const body = given ? JSON.stringify(given) : null
  const response = await fetch(inject('controlUrl') + path, { method, body })
  if (response.ok) return response.json()
  throw new Error(`${method} ${path} got ${response.status}: ${await response.text()}`)
}
