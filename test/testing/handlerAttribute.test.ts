import { beforeEach, describe, expect, it } from 'vitest'
import { MockEventSource } from 'use-event-source/testing'

// HTML standard, 8.1.8.1 "Event handlers".

let source: MockEventSource
let log: string[]

beforeEach(() => {
  source = new MockEventSource('/stream')
  log = []
})

/** Fires one event of each type. */
function fireAll(): void {
  source.open()
  source.emit('message')
  source.drop()
}

describe.each(['open', 'message', 'error'] as const)('on%s', (type) => {
  const attribute = `on${type}` as const

  it('is null until it is set, and then the handler', () => {
    expect(source[attribute]).toBeNull()
    const handler = (): void => {}
    source[attribute] = handler
    expect(source[attribute]).toBe(handler)
    source[attribute] = null
    expect(source[attribute]).toBeNull()
  })

  it('is called for its event only, with the source as this', () => {
    const receivers: unknown[] = []
    source[attribute] = function (this: EventSource, event: Event) {
      log.push(event.type)
      receivers.push(this)
    }
    fireAll()
    expect(log).toEqual([type])
    expect(receivers[0]).toBe(source)
  })

  it('is called in order with the listeners, and keeps its place if replaced', () => {
    source.addEventListener(type, () => log.push('before'))
    source[attribute] = () => log.push('replaced')
    source.addEventListener(type, () => log.push('after'))
    source[attribute] = () => log.push('handler')
    fireAll()
    expect(log).toEqual(['before', 'handler', 'after'])
  })

  it('loses its place if set to null, and is last if set again', () => {
    source[attribute] = () => log.push('handler')
    source.addEventListener(type, () => log.push('listener'))
    source[attribute] = null
    fireAll()
    expect(log).toEqual(['listener'])
    source[attribute] = () => log.push('handler')
    log.length = 0
    fireAll()
    expect(log).toEqual(['listener', 'handler'])
  })

  it('treats a value that is not a function as null', () => {
    source[attribute] = () => log.push('handler')
    Object.assign(source, { [attribute]: 'text' })
    expect(source[attribute]).toBeNull()
    fireAll()
    expect(log).toEqual([])
  })

  it('is separate for each instance', () => {
    const other = new MockEventSource('/other')
    other[attribute] = () => log.push('other')
    source[attribute] = () => log.push('source')
    fireAll()
    expect(log).toEqual(['source'])
  })
})
