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
  return { headers: [...new Headers(parts[0])], ...(await serializeBody(parts[1] ?? null)) }
}

async function serializeBody(body: BodyInit | null): Promise<Omit<RequestParts, 'headers'>> {
  if (body === null || typeof body === 'string' || body instanceof Blob) {
    return { body, contentType: null }
  }
  // The content type must come from the same `Response`: that of a form names the boundary in its bytes.
  const response = new Response(body)
  return {
    body: await response.arrayBuffer(),
    contentType: response.headers.get('Content-Type'),
  }
}
