import { onTestFinished, vi } from 'vitest'
import { createScriptedFetch, type ScriptedFetch } from './createScriptedFetch.ts'

/** Puts a scripted `fetch` in place of the platform's, until the test is over. */
export function stubFetch(): ScriptedFetch {
  const server = createScriptedFetch()
  vi.stubGlobal('fetch', server.fetch)
  onTestFinished(() => void vi.unstubAllGlobals())
  return server
}
