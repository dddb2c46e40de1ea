import { type ReactNode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { onTestFinished } from 'vitest'

export interface Rendered {
  readonly container: HTMLElement
  /** Renders something else in its place; resolves once that is committed and its effects have run. */
  rerender(node: ReactNode): Promise<void>
  unmount(): void
}

/**
 * Renders into the page as an application does, without `act`: React schedules as it does for users.
 * Resolves once it is committed and its effects have run. It is unmounted at the end of the test.
 */
export async function render(node: ReactNode): Promise<Rendered> {
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const rerender = (node: ReactNode): Promise<void> =>
    new Promise((resolve) => {
      // Beside the node, not around it: React runs effects twice only where StrictMode is outermost.
      root.render(
        <>
          {node}
          <AfterEffects run={resolve} />
        </>,
      )
    })
  const unmount = (): void => {
    root.unmount()
    container.remove()
  }
  onTestFinished(unmount)
  await rerender(node)
  return { container, rerender, unmount }
}

function AfterEffects({ run }: { run: () => void }) {
  // Its effect runs after those of its older siblings.
  useEffect(() => run())
  return null
}
