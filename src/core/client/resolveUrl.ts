/** A stream's address; a falsy one means: not now. */
export type Url = string | URL | null | undefined | false

/**
 * The absolute form of a url. On a server there is nothing to resolve a relative one against; it is
 * not opened there, and stays as it is.
 *
 * @throws {TypeError} when it does not parse
 */
export function resolveUrl(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  const href = parse(url, base) ?? (base || !parse(url, 'http://localhost') ? undefined : String(url))
  if (href === undefined) {
    throw new TypeError(
      `The url "${url}" does not parse: give an absolute url, a path, or null for no stream`,
    )
  }
  return href
}

function parse(url: string | URL, base: string | undefined): string | undefined {
  try {
    return new URL(url, base).href
  } catch {
    return undefined
  }
}
