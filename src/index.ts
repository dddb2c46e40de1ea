'use client'

export { SSEProvider, type SSEProviderProps } from './react/SSEProvider.ts'
export {
  type NamedData,
  useEventSource,
  type UseEventSourceOptions,
} from './react/useEventSource.ts'
export { useSSE, type UseSSEOptions } from './react/useSSE.ts'
export {
  type Channel,
  type Channels,
  type Closed,
  type CloseReason,
  type ConnectionState,
  type ConnectionStatus,
  type Data,
  decode,
  type Decoder,
  EventSourceError,
  type EventSourceErrorType,
  type EventSourceOptions,
  type EventSourceResult,
  type Flush,
  type InferOutput,
  json,
  nativeTransport,
  type NativeTransportOptions,
  type Opened,
  type Retry,
  type RetryContext,
  type RetryFunction,
  type RetryOptions,
  type ServerSentEvent,
  type StandardSchema,
  text,
  type Transport,
  type Url,
} from 'use-event-source/core'
