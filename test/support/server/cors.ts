import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/**
 * Returns headers that let any page read the answer, even with credentials. A page may send any header
 * but the one that a `refuse` parameter in the query names.
 *
 * @param names - the headers that a page may read besides those that are always readable
 */
export function corsHeaders(
  { headers, url = '' }: IncomingMessage,
  names: readonly string[] = [],
): OutgoingHttpHeaders {
  const refused = new URL(url, 'http://stream').searchParams.get('refuse')
  const asked = headers['access-control-request-headers']?.split(',')
  const allowed = asked?.filter((name) => name !== refused).join(',') ?? '*'
  return {
    'Access-Control-Allow-Origin': headers.origin ?? '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': headers['access-control-request-method'] ?? '*',
    'Access-Control-Allow-Headers': allowed,
    // Each by name: with credentials, `*` is not a wildcard but the name of a header.
    ...(names.length > 0 && { 'Access-Control-Expose-Headers': names.join(', ') }),
    Vary: 'Origin',
  }
}

/** Whether a request is a CORS preflight. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}
