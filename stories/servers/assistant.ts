import type { Feed, ServerEvent } from './feed.ts'

/** What the model knows, by what it is asked for; the last one is its answer to everything else. */
const replies: readonly (readonly [RegExp, string])[] = [
  [
    /post|fetch|body/i,
    'A fetch can send a body, and an EventSource cannot.\nA prompt is too long for a url, and too private for a log. So it goes out in a POST, and the words come back one by one.',
  ],
  [
    /again|twice|cut|retry/i,
    'It is not asked again.\nA prompt that was sent twice would be answered twice, and paid for twice. Where the stream is cut, the words that have come stay, and the next question is yours.',
  ],
  [
    /(?:)/,
    'A stream of events is one HTTP answer that does not end.\nThe server writes a few lines of text whenever it has something to say, and an empty line says that an event is complete. That is the whole format.',
  ],
]

/** A language model that has read one book. Its words come one by one, as JSON, and then `[DONE]`. */
export const assistant: Feed = {
  every: 60,
  tick: () => [],
  answer: (body) => [...tokens(replyTo(promptOf(body))).map(tokenEvent), { data: '[DONE]' }],
}

/** What the model says to a prompt: the same each time. */
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
