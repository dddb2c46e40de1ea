import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/**
 * Any page may read the answer, also with credentials.
 *
 * @param names - the headers that it may read besides those that any page can
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
    // By name: where there are credentials, an asterisk is the name of a header.
    ...(names.length > 0 && { 'Access-Control-Expose-Headers': names.join(', ') }),
    Vary: 'Origin',
  }
}

/** Whether a browser only asks if it may. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}
