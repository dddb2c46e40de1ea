import { type RefObject, useEffect, useRef } from 'react'

/**
 * Marks renders: each time the component renders, the element with this ref is highlighted for a
 * moment and its `data-renders` count grows by one. The mark itself causes no render.
 */
export function useRenderMark<E extends HTMLElement>(): RefObject<E | null> {
  const ref = useRef<E>(null)
  // Without a list of dependencies the effect runs after every render.
  useEffect(() => {
    const element = ref.current
    if (!element) return
    element.dataset['renders'] = String(Number(element.dataset['renders'] ?? 0) + 1)
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    element.animate([{ backgroundColor: 'var(--mark)' }, { backgroundColor: 'transparent' }], 700)
  })
  return ref
}
