import type { IncomingMessage } from 'node:http'

/** Reads the whole body of a request as text. */
export async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
