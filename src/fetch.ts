export {
  fetchTransport,
  type FetchTransportOptions,
} from './fetch/fetchTransport.ts'
export type {
  Fetch,
  FetchResponse,
  RequestBody,
  RequestContext,
  RequestHeaders,
} from './fetch/request.ts'
