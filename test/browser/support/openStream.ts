import { inject, onTestFinished } from 'vitest'
import type {
  Answer,
  Condition,
  OpenedStream,
  ServerLog,
  Step,
} from '../../support/server/script.ts'

/** A scripted stream for a test in the browser. The stream ends with the test. */
export interface TestStream {
  readonly url: string
  /** Returns the requests so far. */
  log(): Promise<ServerLog>
  /** Resolves with the log once the condition is met; rejects after a time limit. */
  until(condition: Condition): Promise<ServerLog>
  /** Sets the answers to the next requests, in order; the last one repeats. */
  answer(...answers: Answer[]): Promise<void>
  /** Plays steps on all open answers; resolves once written. Rejects if no answer is open. */
  play(...steps: Step[]): Promise<void>
  /** Closes the port: new connections are refused, open ones stay open. */
  refuse(): Promise<void>
  /** Opens the port again. */
  accept(): Promise<void>
}

/**
 * Opens a stream with an origin of its own.
 *
 * @param answers - the answers to the requests, in order; the last one repeats
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
