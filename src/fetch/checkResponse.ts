import { EventSourceError } from 'use-event-source/core'
import { readText } from './readText.ts'
import type { FetchResponse } from './request.ts'

/** The longest text of a refusal that is kept, in characters. */
const MAX_TEXT_LENGTH = 1_000

/** How long the text of a refusal may take to arrive, in ms. */
const TEXT_TIMEOUT = 1_000

/** The longest `Retry-After` that is obeyed, in ms: a day. */
const MAX_RETRY_AFTER = 86_400_000

/** Returns an error if the response is neither an event stream nor the 204 that ends one. */
export async function checkResponse(
  response: FetchResponse,
): Promise<EventSourceError | undefined> {
  const { status, headers, body } = response
  const type = headers.get('Content-Type') ?? 'no content type'
  if (status < 200 || status > 299) {
    const text = body ? await readShortText(body) : ''
    return new EventSourceError('http', `The server answered with status ${status}`, {
      status,
      body: /json|text\/plain/i.test(type) ? text : undefined,
      retryAfter: parseRetryAfter(headers.get('Retry-After') ?? ''),
    })
  }
  // [spec] 9.2.3: any other type fails the connection. Parameters, such as a charset, do not matter.
  if (status === 204 || /^text\/event-stream *(;|$)/i.test(type)) return undefined
  body?.cancel().catch(() => {})
  const hint = /html/i.test(type) ? ', which is often a login page' : ''
  const message = `The server answered with ${type}${hint}, not with text/event-stream`
  return new EventSourceError('content-type', message, { status })
}

/** Whether the same request may succeed later. */
export function isTransient({ status = 0 }: EventSourceError): boolean {
  return status >= 500 || [408, 425, 429].includes(status)
}

/** Returns the delay in ms; `undefined` for a value that is neither seconds nor a future date. */
function parseRetryAfter(value: string): number | undefined {
  // [spec] RFC 9110, 10.2.3
  const isSeconds = /^\d+$/.test(value)
  const delay = isSeconds ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return delay >= 0 ? Math.min(delay, MAX_RETRY_AFTER) : undefined
}

/** Returns `undefined` for a text that is too long or too slow, and cancels it to free the connection. */
async function readShortText(body: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TEXT_TIMEOUT)
  let text = ''
  try {
    await readText(body, abort.signal, (chunk) => {
      text += chunk
      if (text.length > MAX_TEXT_LENGTH) abort.abort()
    })
    return abort.signal.aborted ? undefined : text
  } catch {
    // The body broke off. The status is enough to report.
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
