import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/**
 * Returns headers that let any page read the answer, even with credentials.
 *
 * @param names - the headers that a page may read besides those that are always readable
 */
export function corsHeaders(
  { headers }: IncomingMessage,
  names: readonly string[] = [],
): OutgoingHttpHeaders {
  return {
    'Access-Control-Allow-Origin': headers.origin ?? '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': headers['access-control-request-method'] ?? '*',
    'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '*',
    // Each by name: with credentials, `*` is not a wildcard but the name of a header.
    ...(names.length > 0 && { 'Access-Control-Expose-Headers': names.join(', ') }),
    Vary: 'Origin',
  }
}

/** Whether a request is a CORS preflight. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}
