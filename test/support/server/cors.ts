import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/** Any page may read the answer, also with credentials. */
export function corsHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return {
    'Access-Control-Allow-Origin': headers.origin ?? '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': headers['access-control-request-method'] ?? '*',
    'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '*',
    Vary: 'Origin',
  }
}

/** Whether a browser only asks if it may. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}
