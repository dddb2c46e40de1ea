import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node'

/** Ends a run with one machine-readable line: "12 passed, 0 failed". */
export default class CountReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        if (state === 'failed') failed += 1
      }
    }
    // A run that breaks down before its tests has no failed test, but must not count as passed.
    if (reason !== 'passed' || passed === 0) failed ||= 1
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  }
}
