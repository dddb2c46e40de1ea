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
  try {
    return new URL(url, base).href
  } catch {
    if (!base) return String(url)
    checkUse('unparsableUrl')
    // The platform's own message may contain the url, and with it a secret.
    throw new TypeError('Invalid url')
  }
}
