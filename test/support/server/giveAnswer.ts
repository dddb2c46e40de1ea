import type { IncomingMessage } from 'node:http'
import { corsHeaders } from './cors.ts'
import type { Outlet } from './createOutlet.ts'
import { playStep } from './playStep.ts'
import type { Answer, Raw, RecordedRequest, Redirect, Reply, Step } from './script.ts'
import { toBytes } from './toBytes.ts'

/** An answer that no longer depends on the request. */
export type PlainAnswer = Reply | Raw | 'stall' | 'reset'

const STREAM_HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }

/** Picks the answer for this request, and fills in short forms. */
export function resolveAnswer(answer: Answer, request: IncomingMessage): PlainAnswer {
  if (answer === 'stall' || answer === 'reset') return answer
  // A number is short for an answer without a body.
  if (typeof answer === 'number') return { status: answer, body: ['end'] }
  if ('redirect' in answer) return redirect(answer, request)
  if (!('if' in answer)) return answer
  const { header, equals } = answer.if
  const isMet = request.headers[header.toLowerCase()] === equals
  return resolveAnswer(isMet ? answer.give : answer.else, request)
}

/** Sends an answer; resolves after the last step of its body. */
export async function giveAnswer(
  answer: PlainAnswer,
  request: IncomingMessage,
  outlet: Outlet,
  recorded: RecordedRequest,
): Promise<void> {
  if (answer === 'stall') return
  if (answer === 'reset') return outlet.reset()
  if ('raw' in answer) return void outlet.response.socket?.end(toBytes(answer.raw))
  const { status = 200, headers, gzip, body = [] } = answer
  const own = { ...STREAM_HEADERS, ...(gzip && { 'Content-Encoding': 'gzip' }), ...headers }
  const all = { ...corsHeaders(request, Object.keys(own)), ...own }
  for (const [name, value] of Object.entries(all)) {
    if (value != null) outlet.response.setHeader(name, value)
  }
  outlet.response.writeHead(status)
  outlet.response.flushHeaders()
  await playSteps(body, outlet, recorded)
}

/** Plays steps on an open answer, one after another. */
export async function playSteps(
  steps: readonly Step[],
  outlet: Outlet,
  { url, lastEventId }: RecordedRequest,
): Promise<void> {
  const inQuery = new URL(url, 'http://stream').searchParams.get('lastEventId')
  for (const step of steps) await playStep(step, outlet, lastEventId ?? inQuery)
}

function redirect({ redirect, status = 302 }: Redirect, request: IncomingMessage): Reply {
  const { host, url = '' } = { ...request, ...request.headers }
  const location = new URL(redirect, `http://${host}${url}`).href
  return { status, headers: { Location: location, 'Content-Type': null }, body: ['end'] }
}
