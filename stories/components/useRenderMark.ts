import { type RefObject, useEffect, useRef } from 'react'

/**
 * Shows where React is at work: each time the component renders, the element with this ref lights up
 * for a moment and counts one up in `data-renders`. It renders nothing itself.
 */
export function useRenderMark<E extends HTMLElement>(): RefObject<E | null> {
  const ref = useRef<E>(null)
  // No list of dependencies: it runs after every render.
  useEffect(() => {
    const element = ref.current
    if (!element) return
    element.dataset['renders'] = String(Number(element.dataset['renders'] ?? 0) + 1)
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    element.animate([{ backgroundColor: 'var(--mark)' }, { backgroundColor: 'transparent' }], 700)
  })
  return ref
}
