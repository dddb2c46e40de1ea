/**
 * Returns an absolute `url` with the query parameter set to `value`, in place of all its former values.
 * Changes nothing else: the rest of the query may be signed.
 */
export function setQueryParam(url: string, name: string, value: string): string {
  const target = new URL(url)
  const pairs = target.search.slice(1).split('&')
  const others = pairs.filter((pair) => !new URLSearchParams(pair).has(name)).join('&')
  target.search = `${others}${others && '&'}${new URLSearchParams([[name, value]])}`
  return target.href
}
