import type { TestProject } from 'vitest/node'
import { startControl } from '../support/server/startControl.ts'

/** Starts the control in Node, through which the tests of this folder script their servers. */
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
