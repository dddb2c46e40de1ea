import type { TestProject } from 'vitest/node'
import { startControl } from '../support/server/startControl.ts'

/** Servers for the tests of this folder, run by Node; a test scripts them through the control. */
export default async function setup(project: TestProject): Promise<() => void> {
  const control = await startControl()
  project.provide('controlUrl', control.url)
  return control.close
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the control of scripted streams. */
    controlUrl: string
  }
}
