import { demand } from './demand.ts'
import type { RequestBody } from './request.ts'

/**
 * Checks what `fetch` would refuse before it sends anything. A rejection of `fetch` looks the same for such
 * a refusal, which is final, and for a network fault, which may be temporary.
 *
 * @param hasCustomFetch - whether a `fetch` of the user decides which urls it takes
 * @throws {EventSourceError} of type `'unsupported'`
 */
export function checkRequest(
  url: string,
  method: string,
  body: RequestBody,
  hasCustomFetch: boolean,
): void {
  demand(() => {
    // Any body will do, and a large one would be copied.
    const init = { method, body: body && '' }
    const { url: absolute } = new Request(hasCustomFetch ? 'http://a' : url, init)
    // The page of an app may have a scheme of its own, such as that of a web view.
    if (!/^(https?|blob|data):/i.test(absolute) && !absolute.startsWith(location.protocol))
      throw new TypeError()
  }, `fetch refuses this ${method} request: change its method, its body or its url`)
}
