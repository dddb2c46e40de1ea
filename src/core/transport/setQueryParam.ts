/**
 * Returns an absolute `url` with the query parameter set to `value`, at the end of the query and in place
 * of all its former values. Changes nothing else: the rest of the query may be signed.
 *
 * @throws {TypeError} if `url` is not absolute
 */
export function setQueryParam(url: string, name: string, value: string): string {
  const target = new URL(url)
  const pairs = target.search.slice(1).split('&')
  const others = pairs.filter((pair) => !new URLSearchParams(pair).has(name)).join('&')
  target.search = `${others}${others && '&'}${new URLSearchParams([[name, value]])}`
  return target.href
}
