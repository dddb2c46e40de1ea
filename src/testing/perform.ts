import * as React from 'react'
import { publishPending } from 'use-event-source/core'

/**
 * Runs `task` as the event loop would. A task that is added while another runs, by a listener that calls
 * `emit` for example, waits until the listeners of the other have run. Before it returns, pending values
 * are published, and React has rendered them if the test uses `act`.
 */
export function perform(task: () => void): void {
  tasks.push(task)
  if (isPerforming) return
  isPerforming = true
  try {
    // Repeated after React has committed, because an effect may add tasks.
    while (tasks.length > 0) inAct(runTasks)
  } finally {
    isPerforming = false
    tasks.length = 0
  }
}

const tasks: Array<() => void> = []
let isPerforming = false

function runTasks(): void {
  for (let task = tasks.shift(); task; task = tasks.shift()) task()
  publishPending()
}

type Act = (callback: () => void) => unknown

/**
 * Calls `work` inside React's `act`, which renders updates before it returns, if the test uses `act` too.
 * The sign of such a test is the variable `IS_REACT_ACT_ENVIRONMENT`: React's documentation says to set
 * it, and Testing Library sets it, if only to undefined, around each `render` and `fireEvent`. The
 * variable is false while `waitFor` waits, and missing in an app that uses the mock as its server: React
 * then renders on its own schedule.
 */
function inAct(work: () => void): void {
  const realm = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined }
  const before = realm.IS_REACT_ACT_ENVIRONMENT
  const act = findAct()
  if (!act || before === false || !('IS_REACT_ACT_ENVIRONMENT' in realm)) return work()

  let isCalled = false
  let failure: { error: unknown } | undefined
  realm.IS_REACT_ACT_ENVIRONMENT = true
  try {
    act(() => {
      isCalled = true
      // Rethrown below: an exception would leave React's `act` queue in a broken state.
      try {
        work()
      } catch (error) {
        failure = { error }
      }
    })
  } catch (error) {
    // React 18's production build has an `act` that only throws, without calling the callback.
    if (isCalled) throw error
    work()
  } finally {
    realm.IS_REACT_ACT_ENVIRONMENT = before
  }
  if (failure) throw failure.error
}

/** Returns React's `act`, which has another name in React 18.2 and is missing in production builds. */
function findAct(): Act | undefined {
  // Read from a copy: bundlers warn about a missing export that is read by name.
  const { act, unstable_act } = { ...React } as { act?: Act; unstable_act?: Act }
  return act ?? unstable_act
}
