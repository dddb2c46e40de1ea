/** Dispatches the event of a page that is restored from the back-forward cache. */
export function restore(): void {
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
}

/** Dispatches all the events of a page that comes back: online, into view, and restored. */
export function wakeUp(): void {
  window.dispatchEvent(new Event('offline'))
  window.dispatchEvent(new Event('online'))
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  restore()
}
