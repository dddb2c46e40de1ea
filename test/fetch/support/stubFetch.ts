import { onTestFinished, vi } from 'vitest'
import { createScriptedFetch, type ScriptedFetch } from './createScriptedFetch.ts'

/** Replaces the platform's `fetch` with a scripted one until the test is over. */
export function stubFetch(): ScriptedFetch {
  const server = createScriptedFetch()
  vi.stubGlobal('fetch', server.fetch)
  onTestFinished(() => void vi.unstubAllGlobals())
  return server
}
