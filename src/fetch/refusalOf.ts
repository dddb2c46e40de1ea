import { EventSourceError } from 'use-event-source/core'
import { readText } from './readText.ts'
import type { FetchResponse } from './request.ts'

/** The longest text, in characters, that says why, and how long it is waited for, in ms. */
const LONGEST_TEXT = 1_000
const PATIENCE = 1_000

/** The longest `Retry-After` that is believed, in ms: a day. */
const LONGEST_WAIT = 86_400_000

/** What is wrong with an answer: it is neither an event stream nor the end of one. */
export async function refusalOf(response: FetchResponse): Promise<EventSourceError | undefined> {
  const { status, headers, body } = response
  const type = headers.get('Content-Type') ?? 'no content type'
  if (status < 200 || status > 299) {
    const text = body ? await shortText(body) : ''
    return new EventSourceError('http', `The server answered with status ${status}`, {
      status,
      body: /json|text\/plain/i.test(type) ? text : undefined,
      retryAfter: delayOf(headers.get('Retry-After') ?? ''),
    })
  }
  // [spec] 9.2.3: any other type fails the connection; parameters, as a charset, do not matter.
  if (status === 204 || /^text\/event-stream *(;|$)/i.test(type)) return undefined
  body?.cancel().catch(() => {})
  const hint = /html/i.test(type) ? ', which is often a login page' : ''
  const message = `The server answered with ${type}${hint}, not with text/event-stream`
  return new EventSourceError('content-type', message, { status })
}

/** Whether the same request may well be granted another time. */
export function isPassing({ status = 0 }: EventSourceError): boolean {
  return status >= 500 || [408, 425, 429].includes(status)
}

/** In ms; `undefined` for what is neither seconds nor a date to come. */
function delayOf(retryAfter: string): number | undefined {
  // [spec] RFC 9110, 10.2.3
  const isDelay = /^\d+$/.test(retryAfter)
  const delay = isDelay ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now()
  return delay >= 0 ? Math.min(delay, LONGEST_WAIT) : undefined
}

/** Reads no further, and no longer, than a short text takes, and frees the connection. */
async function shortText(body: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const enough = new AbortController()
  const timer = setTimeout(() => enough.abort(), PATIENCE)
  let text = ''
  try {
    await readText(body, enough.signal, (piece) => {
      text += piece
      if (text.length > LONGEST_TEXT) enough.abort()
    })
    return enough.signal.aborted ? undefined : text
  } catch {
    // It broke off: the status says enough.
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
