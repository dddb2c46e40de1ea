import { isSchema } from './checkArguments.ts'
import { isOption } from './checkOptions.ts'
import { fail, isRecord, show } from './fail.ts'

/** Checks what a hook takes as events: a map of channels, whose channels the observer checks, or names. */
export function checkEvents(events: unknown): void {
  if (!Array.isArray(events)) return checkMap('events', events, ', or an array of names')
  const index = events.findIndex((name) => typeof name !== 'string')
  if (index >= 0)
    fail(
      `\`events[${index}]\` is ${show(events[index])}: give an array of names, or a map, as in { quote: json() }`,
    )
}

export function checkChannels(channels: unknown): void {
  checkMap('channels', channels)
  for (const [key, channel] of Object.entries(channels as object)) checkChannel(key, channel)
}

/** Checks the decoders of `events()`. A decoder is a channel that has methods. */
export function checkDecoders(decoders: unknown): void {
  checkChannels(decoders)
  for (const [key, decoder] of Object.entries(decoders as object))
    if (typeof (decoder as { forEach?: unknown }).forEach !== 'function')
      fail(`\`${key}\` is a channel: give its decoder, without .last() and the like`)
}

function checkMap(name: string, map: unknown, others = ''): void {
  if (isChannel(map)) fail(`\`${name}\` is a channel: give a map, as in { quote: json() }`)
  if (!isRecord(map))
    fail(`\`${name}\` is ${show(map)}: give a map, as in { quote: json() }${others}`)
}

function checkChannel(key: string, channel: unknown): void {
  if (isChannel(channel)) return
  if (channel != null && isOption(key))
    fail(`\`${key}\` is an option: give the options as the argument after the channels`)
  if (isSchema(channel)) fail(`The channel \`${key}\` is a schema: give json(schema)`)
  const fix =
    typeof channel === 'function' ? 'call it, as in json()' : 'give json() or another channel'
  fail(`The channel \`${key}\` is ${show(channel)}: ${fix}`)
}

function isChannel(value: unknown): boolean {
  return isRecord(value) && typeof value.decode === 'function' && typeof value.shape === 'string'
}
