/** The address of a stream. A falsy value means that there is no stream for now. */
export type Url = string | URL | null | undefined | false

/**
 * Returns the absolute form of a url. Without a base to resolve it against, as on a server, returns the
 * url as given, because it is not opened there.
 *
 * @throws {TypeError} if the url does not parse
 */
export function resolveUrl(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  if (url === last.url && base === last.base) return last.href
  try {
    const { href } = new URL(url, base)
    // A `URL` object is mutable, so its result is not cached.
    if (typeof url === 'string') last = { url, base, href }
    return href
  } catch {
    if (!base) return String(url)
    throw new TypeError(`"${url}" is no url: give a path, an absolute url or null`)
  }
}

/** A cache of one: most components of a page ask for the same url. */
let last: { url?: string; base?: string | undefined; href: string } = { href: '' }
