import type { Environment } from './environment.ts'
import type { EventSourceOptions, ResolvedOptionOf } from './options.ts'

export type CallbackName = 'onOpen' | 'onError' | 'onClose'
export type CallbackArgument<Name extends CallbackName> = Parameters<
  NonNullable<EventSourceOptions[Name]>
>[0]

/** Shared by a stream's connection and its channel store. */
export interface StreamContext {
  readonly url: string
  readonly environment: Environment
  /** Returns the current value of an option. */
  readonly option: ResolvedOptionOf
  /** Makes pending values and the current state visible, and notifies the observers. */
  readonly publish: () => void
  /** Calls the callbacks of this name: each observer's, and the one of the defaults. */
  readonly callUsers: <Name extends CallbackName>(
    name: Name,
    argument: CallbackArgument<Name>,
  ) => void
}
