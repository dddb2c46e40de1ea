import { EventSourceError } from 'use-event-source/core'
import type { FetchTransportOptions, RequestContext } from 'use-event-source/fetch'
import type { RequestParts } from './messages.ts'

/** Resolves the user's headers and body in the page, where their functions can run. */
export async function resolveRequestParts(
  { headers, body }: FetchTransportOptions,
  context: RequestContext,
): Promise<RequestParts> {
  const parts = await Promise.all([
    typeof headers === 'function' ? headers(context) : headers,
    typeof body === 'function' ? body(context) : body,
  ])
  return { headers: listHeaders(parts[0]), ...(await serializeBody(parts[1] ?? null)) }
}

/** Lists pairs without a check, so that the thread checks all headers, and words the refusal. */
function listHeaders(given: HeadersInit | undefined): string[][] {
  const headers: object = Object(given)
  const pairs =
    Symbol.iterator in headers ? (headers as Iterable<Iterable<unknown>>) : Object.entries(headers)
  return Array.from(pairs, (pair) => Array.from(pair, String))
}

async function serializeBody(body: BodyInit | null): Promise<Omit<RequestParts, 'headers'>> {
  if (body === null || typeof body === 'string' || body instanceof Blob) {
    return { body, contentType: null }
  }
  // The content type must come from the same `Response`: that of a form names the boundary in its bytes.
  const response = createResponse(body)
  return {
    body: await response.arrayBuffer(),
    contentType: response.headers.get('Content-Type'),
  }
}

function createResponse(body: BodyInit): Response {
  try {
    return new Response(body)
  } catch {
    const message = 'A stream can be read only once: give a function as body'
    throw new EventSourceError('unsupported', message)
  }
}
