import { toByteString } from './request.ts'

/**
 * Takes the user and the password out of a url, which `fetch` would refuse, and returns them as the
 * value of an `Authorization` header.
 */
export function splitUserinfo(given: string): { url: string; authorization: string } {
  let authorization = ''
  const url = given.replace(
    /^(https?:\/\/)([^/?#\\]*)@/i,
    (_, scheme: string, userinfo: string) => {
      // [spec] RFC 7617: base64 of "user:password". [spec] URL, 1.3: percent-decoded bytes
      const pair = toByteString(/:/.test(userinfo) ? userinfo : `${userinfo}:`)
      authorization = `Basic ${btoa(pair.replace(/%[\da-f]{2}/gi, unescape))}`
      return scheme
    },
  )
  return { url, authorization }
}
