/**
 * Resolves a url as a document does.
 *
 * @throws {DOMException} named `SyntaxError`, if the url does not parse
 */
export function resolveUrl(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? 'http://localhost/'
  try {
    return new URL(url, base).href
  } catch {
    throw new DOMException(
      `"${url}" is not a URL, also not relative to ${base}: pass one that new URL(url, base) takes`,
      'SyntaxError',
    )
  }
}
