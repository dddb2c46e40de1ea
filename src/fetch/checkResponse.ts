import { EventSourceError } from 'use-event-source/core'
import { readText } from './readText.ts'
import type { FetchResponse } from './request.ts'

/** The longest text of a refusal that is kept, in characters. */
const MAX_TEXT_LENGTH = 1_000

/** How long the text of a refusal may take to arrive, in ms. */
const TEXT_TIMEOUT = 1_000

/** The longest `Retry-After` that is obeyed, in ms: a day. */
const MAX_RETRY_AFTER = 86_400_000

/**
 * Returns an error if the response is neither a 200 with an event stream nor the 204 that ends one. The
 * error has the text of the refusal, if that is short, and plain text or JSON.
 */
export async function checkResponse({
  status,
  headers,
  body,
}: FetchResponse): Promise<EventSourceError | undefined> {
  const given = headers.get('Content-Type') ?? 'no content type'
  const type = extractMimeType(given)
  // [spec] 9.2.3: any other status or type fails the connection. A charset does not matter.
  if (status === 204 || (status === 200 && type === 'text/event-stream')) return undefined
  const isText = /json|text\/plain/.test(type)
  if (!isText) body?.cancel().catch(() => {})
  const text = isText && body ? await readShortText(body) : ''
  const details = { status: status || undefined, body: isText ? text : undefined }
  if (status === 200) {
    const hint = /html/.test(type) ? ', which is often a login page' : ''
    const message = `The server answered with ${given}${hint}, not with text/event-stream`
    return new EventSourceError('content-type', message, details)
  }
  // [spec] Fetch, 2.2.6: with `redirect: 'manual'`, a browser shows a redirect as the status 0.
  const answer = status ? `status ${status}` : 'a redirect, which is not followed'
  return new EventSourceError('http', `The server answered with ${answer}`, {
    ...details,
    retryAfter: parseRetryAfter(headers.get('Retry-After') ?? ''),
  })
}

/** Whether the same request may succeed later. */
export function isTransient({ status = 0 }: EventSourceError): boolean {
  return status >= 500 || [408, 425, 429].includes(status)
}

/**
 * Returns the lower-case MIME type without its parameters; `''` for none. A header that was sent twice
 * arrives as one value, joined by a comma: its last type counts.
 */
function extractMimeType(header: string): string {
  // [spec] Fetch, 2.2.2: "get, decode, and split", on commas outside of quoted strings
  const values = header.match(/([^",]|"([^"\\]|\\.)*"?)+/gs) ?? []
  // [spec] MIME Sniffing, 4.4: a type and a subtype of HTTP token characters
  const essence = /^[\t\n\r ]*([\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+)[\t\n\r ]*(;|$)/
  const types = values.map((value) => essence.exec(value)?.[1]?.toLowerCase())
  return types.findLast((type) => type && type !== '*/*') ?? ''
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
