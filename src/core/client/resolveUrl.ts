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
  try {
    return new URL(url, base).href
  } catch {
    if (!base) return String(url)
    throw new TypeError(`"${url}" is no url: give a path, an absolute url or null`)
  }
}
