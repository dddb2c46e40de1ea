import { type EventSourceOptions, text } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { createLog, type Log } from '../../support/createLog.ts'
import { Probe, type Seen } from '../../support/Probe.tsx'
import { type Rendered, render } from '../../support/render.tsx'

/** A retry policy with short delays. */
export const soon = { initialDelay: 5, factor: 1, jitter: false }

const channels = { message: text().last(100) }

interface Followed extends Rendered {
  readonly log: Log<Seen<typeof channels>>
  /** Resolves once the last message is this one. */
  untilMessage(message: string): Promise<unknown>
  /** The last messages, oldest first. */
  messages(): readonly string[]
}

/**
 * Renders a component that follows the messages of a stream. The default options are the fetch
 * transport and a retry policy with short delays.
 */
export async function follow(
  { url }: { readonly url: string },
  options?: EventSourceOptions,
): Promise<Followed> {
  const log = createLog<Seen<typeof channels>>()
  const all = { transport: fetchTransport(), retry: soon, linger: 0, ...options }
  const rendered = await render(<Probe url={url} events={channels} options={all} log={log} />)
  return {
    ...rendered,
    log,
    untilMessage: (message) => log.until(({ data }) => data.message.at(-1) === message),
    messages: () => log.latest.data.message,
  }
}
