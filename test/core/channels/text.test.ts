import { text } from 'use-event-source/core'
import { expect, it } from 'vitest'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

it('text() returns the data unchanged', () => {
  for (const data of ['', ' {"a":1}\n', 'ünï']) {
    expect(text().decode(serverSentEvent('message', data))).toBe(data)
  }
})

it('text() always returns the same channel', () => {
  expect(text()).toBe(text())
})
