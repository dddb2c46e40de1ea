import type { Answer, Browser } from './launchBrowser.ts'

export interface Page {
  /** Resolves to the awaited value of an expression. */
  evaluate<T>(expression: string): Promise<T>
  /** Resolves to the CPU time of the main thread so far, in ms. */
  cpu(): Promise<number>
  /** Collects garbage. Resolves to the used size of the heap, in bytes. */
  heap(): Promise<number>
  /** Resolves to the number of workers. */
  workers(): Promise<number>
  close(): Promise<void>
}

/** Opens a page in its own browser context, without caches or connections of earlier pages. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const { browserContextId } = await browser.send('Target.createBrowserContext')
  const { targetId } = await browser.send('Target.createTarget', {
    url: 'about:blank',
    browserContextId,
  })
  const attached = await browser.send('Target.attachToTarget', { targetId, flatten: true })
  const sessionId = String(attached['sessionId'])
  const send = (method: string, params?: Answer) => browser.send(method, params, sessionId)
  await send('Performance.enable', { timeDomain: 'threadTicks' })
  await send('Page.enable')
  const loaded = browser.next('Page.loadEventFired', sessionId)
  await send('Page.navigate', { url })
  await loaded
  await send('Page.disable')
  return {
    async evaluate<T>(expression: string) {
      const params = { expression, awaitPromise: true, returnByValue: true }
      const { result, exceptionDetails } = (await send('Runtime.evaluate', params)) as {
        result: { value: T }
        exceptionDetails?: { exception?: { description?: string }; text: string }
      }
      if (!exceptionDetails) return result.value
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    },
    cpu: async () => (await metric('TaskDuration')) * 1000,
    async heap() {
      await send('HeapProfiler.collectGarbage')
      return metric('JSHeapUsedSize')
    },
    async workers() {
      const { targetInfos } = (await browser.send('Target.getTargets', { filter: [{}] })) as {
        targetInfos: readonly { type: string; browserContextId?: string }[]
      }
      const own = targetInfos.filter((target) => target.browserContextId === browserContextId)
      return own.filter(({ type }) => type === 'worker').length
    },
    async close() {
      await browser.send('Target.disposeBrowserContext', { browserContextId })
    },
  }

  async function metric(name: string): Promise<number> {
    const { metrics } = (await send('Performance.getMetrics')) as {
      metrics: readonly { name: string; value: number }[]
    }
    return metrics.find((one) => one.name === name)?.value ?? NaN
  }
}
