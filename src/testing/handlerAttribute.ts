interface HandlerAttribute<E extends Event> {
  get(): Handler<E> | null
  set(handler: Handler<E> | null): void
}

type Handler<E extends Event> = (this: EventSource, event: E) => unknown

/**
 * Makes an event handler attribute, such as `onmessage`, for events of `type` at `source`. As in the
 * standard, the handler is called in the order of the listeners: its place is the time at which it was
 * set. Another handler takes over the place, and null gives it up.
 *
 * @see https://html.spec.whatwg.org/multipage/webappapis.html#event-handlers
 */
export function handlerAttribute<E extends Event>(
  source: EventSource,
  type: string,
): HandlerAttribute<E> {
  let current: Handler<E> | null = null
  const listener = (event: Event): void => {
    current?.call(source, event as E)
  }
  return {
    get: () => current,
    set(handler) {
      // [spec] LegacyTreatNonObjectAsNull
      current = typeof handler === 'function' ? handler : null
      // Adding a listener again does not change its place.
      if (current) source.addEventListener(type, listener)
      else source.removeEventListener(type, listener)
    },
  }
}
