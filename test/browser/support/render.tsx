import { type ReactNode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { onTestFinished } from 'vitest'

export interface Rendered {
  readonly container: HTMLElement
  /** Renders another node in its place; resolves once it is committed and its effects have run. */
  rerender(node: ReactNode): Promise<void>
  unmount(): void
}

/**
 * Renders into the page without `act`, so that React schedules as in an application. Resolves once
 * the node is committed and its effects have run. The node is unmounted at the end of the test.
 */
export async function render(node: ReactNode): Promise<Rendered> {
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const rerender = (node: ReactNode): Promise<void> =>
    new Promise((resolve) => {
      // A sibling, not a parent: React runs effects twice only where StrictMode is outermost.
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
  // This effect runs after those of the earlier siblings.
  useEffect(() => run())
  return null
}
