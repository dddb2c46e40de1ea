/** A stream's address; a falsy one means: not now. */
export type Url = string | URL | null | undefined | false

/**
 * The absolute form of a url. Where there is nothing to resolve it against, as on a server, it stays as
 * it is: it is not opened there.
 *
 * @throws {TypeError} when it does not parse
 */
export function resolveUrl(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  if (url === last.url && base === last.base) return last.href
  try {
    const { href } = new URL(url, base)
    // Not a `URL`, which may be changed and given again.
    if (typeof url === 'string') last = { url, base, href }
    return href
  } catch {
    if (!base) return String(url)
    throw new TypeError(`"${url}" is no url: give a path, an absolute url or null`)
  }
}

/** The one that was resolved last: the components of a page mostly ask for the same. */
let last: { url?: string; base?: string | undefined; href: string } = { href: '' }
