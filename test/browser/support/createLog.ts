/** How long to wait for an entry, in ms. Below a test's time limit, so a failure shows the log. */
const WAIT_LIMIT = 10_000

/** A list of observations, in order, with a way to wait for the next one. */
export interface Log<Entry> {
  readonly entries: readonly Entry[]
  /** The last entry. */
  readonly latest: Entry
  add(entry: Entry): void
  /**
   * Resolves with the first entry that passes the test, starting at the entry of the last call;
   * rejects after a time limit.
   */
  until(test: (entry: Entry) => boolean): Promise<Entry>
}

export function createLog<Entry>(): Log<Entry> {
  const entries: Entry[] = []
  const checks = new Set<() => void>()
  let reached = 0
  return {
    entries,
    get latest() {
      return entries.at(-1) as Entry
    },
    add(entry) {
      entries.push(entry)
      for (const check of [...checks]) check()
    },
    until(test) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(() => reject(missed(entries))), WAIT_LIMIT)
        const check = (): void => {
          const found = entries.findIndex((entry, index) => index >= reached && test(entry))
          if (found === -1) return
          reached = found
          settle(() => resolve(entries[found] as Entry))
        }
        const settle = (end: () => void): void => {
          clearTimeout(timer)
          checks.delete(check)
          end()
        }
        checks.add(check)
        check()
      })
    },
  }
}

function missed(entries: readonly unknown[]): Error {
  const last = entries.slice(-5).map((entry) => JSON.stringify(entry))
  return new Error(
    `No entry passed in time; the last of ${entries.length} entries:\n${last.join('\n')}`,
  )
}
