import type { FetchTransportOptions, RequestContext } from 'use-event-source/fetch'
import type { OwnParts } from './messages.ts'

/** Makes what of a request is the user's own, as it can be sent to the thread. */
export async function ownParts(
  { headers, body }: FetchTransportOptions,
  context: RequestContext,
): Promise<OwnParts> {
  const own = await Promise.all([
    typeof headers === 'function' ? headers(context) : headers,
    typeof body === 'function' ? body(context) : body,
  ])
  return { headers: [...new Headers(own[0])], ...(await plainBody(own[1] ?? null)) }
}

async function plainBody(body: BodyInit | null): Promise<Omit<OwnParts, 'headers'>> {
  if (body === null || typeof body === 'string' || body instanceof Blob) {
    return { body, contentType: null }
  }
  // A form has a boundary, which its content type tells.
  const response = new Response(body)
  return {
    body: await response.arrayBuffer(),
    contentType: response.headers.get('Content-Type'),
  }
}
