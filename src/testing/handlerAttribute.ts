interface HandlerAttribute<E extends Event> {
  get(): Handler<E> | null
  set(handler: Handler<E> | null): void
}

type Handler<E extends Event> = (this: EventSource, event: E) => unknown

/**
 * An event handler attribute, such as `onmessage`, for events of `type` at `source`. As in the
 * standard it is one listener among the others: its turn is that of when it was set, replacing it
 * keeps the turn, and null gives it up.
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
      // Adding a listener that is there already leaves it in its place.
      if (current) source.addEventListener(type, listener)
      else source.removeEventListener(type, listener)
    },
  }
}
