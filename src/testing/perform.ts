import * as React from 'react'
import { flush } from 'use-event-source/core'

/**
 * Runs `task` as the event loop would, one task after the other: one that is asked for while another
 * runs (a listener that calls `emit`, say) waits for that one's listeners to be done. Before it
 * returns, what waits for a frame is published and React has rendered it, if the test uses `act`.
 */
export function perform(task: () => void): void {
  tasks.push(task)
  if (isPerforming) return
  isPerforming = true
  try {
    // Again after React has committed: an effect may have asked for more.
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
  flush()
}

type Act = (callback: () => void) => unknown

/**
 * React renders an update before it returns only inside `act`. It is used where the test uses it too,
 * which is where this variable is: React's own documentation has it set, and Testing Library sets it,
 * if only to undefined, around each `render` and `fireEvent`. It is false while `waitFor` waits, and
 * missing in an app that has the mock for a server: there React keeps its own time.
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
      // React would not leave its act scope in order if the callback threw.
      try {
        work()
      } catch (error) {
        failure = { error }
      }
    })
  } catch (error) {
    // React 18's production build has an `act` that only throws.
    if (isCalled) throw error
    work()
  } finally {
    realm.IS_REACT_ACT_ENVIRONMENT = before
  }
  if (failure) throw failure.error
}

/** `act` is missing in production builds, and has another name in React 18.2. */
function findAct(): Act | undefined {
  // A copy, since bundlers warn of an export that is read by name and is not there.
  const { act, unstable_act } = { ...React } as { act?: Act; unstable_act?: Act }
  return act ?? unstable_act
}
