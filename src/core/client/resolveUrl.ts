import { checkUse } from '../misuse/checkUse.ts'

/** The address of a stream. A falsy value means that there is no stream for now. */
export type Url = string | URL | null | undefined | false

/**
 * Returns the absolute form of a url. A server has no document to resolve a relative url against: there,
 * returns it as given, so that rendering does not throw.
 *
 * @throws {TypeError} if the url does not parse, where there is a document
 */
export function resolveUrl(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  if (url === cached.url && base === cached.base) return cached.href
  try {
    const { href } = new URL(url, base)
    // A `URL` object is mutable, so its result is not cached.
    if (typeof url === 'string') cached = { url, base, href }
    return href
  } catch (error) {
    if (!base) return String(url)
    checkUse('unparsableUrl', url)
    throw error
  }
}

/** A cache of one: most components of a page ask for the same url. */
let cached: { url?: string; base?: string | undefined; href: string } = { href: '' }
