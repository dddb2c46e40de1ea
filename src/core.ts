export type { Channel, Channels, Data, Decoder } from './core/channels/channel.ts'
export { decode } from './core/channels/decode.ts'
export { json } from './core/channels/json.ts'
export type { InferOutput, StandardSchema } from './core/channels/standardSchema.ts'
export { text } from './core/channels/text.ts'
export {
  type Client,
  type ClientConfig,
  createClient,
  type StreamIdentity,
} from './core/client/createClient.ts'
export { type Connection, createConnection } from './core/client/createConnection.ts'
export type { EventSourceResult, Observer, Selection } from './core/client/createObserver.ts'
export {
  type DecodedEvent,
  type Decoders,
  events,
  type EventsOptions,
} from './core/client/events.ts'
export type { Url } from './core/client/resolveUrl.ts'
export type { Retry, RetryContext, RetryFunction, RetryOptions } from './core/connection/retry.ts'
export type { CloseReason, ConnectionState, ConnectionStatus } from './core/connection/state.ts'
export { endLinger } from './core/client/createSharedStream.ts'
export { type Environment, publishPending } from './core/environment.ts'
export {
  EventSourceError,
  type EventSourceErrorDetails,
  type EventSourceErrorType,
} from './core/errors.ts'
export { checkUse } from './core/misuse/checkUse.ts'
export type {
  Closed,
  EventSourceOptions,
  Flush,
  Opened,
  OptionOf,
  ResolvedOptionOf,
} from './core/options.ts'
export { nativeTransport, type NativeTransportOptions } from './core/transport/nativeTransport.ts'
export { setQueryParam } from './core/transport/setQueryParam.ts'
export type {
  ServerSentEvent,
  Transport,
  TransportAttempt,
  TransportRequest,
  TransportSink,
} from './core/transport/transport.ts'
