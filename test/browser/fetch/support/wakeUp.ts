/** Tells the page that it is back from the back-forward cache. */
export function restore(): void {
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
}

/** Tells the page all that it is told when it comes back, to the network, into view, and so on. */
export function wakeUp(): void {
  window.dispatchEvent(new Event('offline'))
  window.dispatchEvent(new Event('online'))
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  restore()
}
