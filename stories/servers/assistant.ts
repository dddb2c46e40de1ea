import type { Feed, ServerEvent } from './feed.ts'

/** The replies of the model, by topic; the last one is the reply to every other prompt. */
const replies: readonly (readonly [RegExp, string])[] = [
  [
    /post|fetch|body/i,
    'A fetch can send a body, and an EventSource cannot.\nA prompt is too long for a url and too private for a log. So a POST sends it, and the words come back one by one.',
  ],
  [
    /again|twice|cut|retry/i,
    'A prompt is not sent again.\nA prompt that is sent twice is answered twice and paid for twice. When the stream is cut, the words received so far stay, and you decide whether to ask again.',
  ],
  [
    /(?:)/,
    'A stream of events is one HTTP response that does not end.\nThe server writes a few lines of text for each event, and an empty line ends the event. That is the whole format.',
  ],
]

/** The event after the last word. Many servers leave out the empty line after it. */
const LAST: ServerEvent = { data: '[DONE]', incomplete: true }

/**
 * A language model with a few fixed replies. Each word is a JSON event, and `[DONE]` follows the
 * last.
 */
export const assistant: Feed = {
  every: 60,
  tick: () => [],
  answer: (body) => [...tokens(replyTo(promptOf(body))).map(tokenEvent), LAST],
}

/** Returns the reply to a prompt, which is always the same. */
export function replyTo(prompt: string): string {
  return replies.find(([topic]) => topic.test(prompt))?.[1] ?? ''
}

function tokens(text: string): string[] {
  return text.split(/(?<=\s)/)
}

function tokenEvent(token: string): ServerEvent {
  return { data: JSON.stringify(token) }
}

function promptOf(body: string): string {
  try {
    return String(JSON.parse(body).prompt)
  } catch {
    return ''
  }
}
