import { text } from 'use-event-source/core'
import { expect, it } from 'vitest'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

it('is the data as it came', () => {
  for (const data of ['', ' {"a":1}\n', 'ünï']) {
    expect(text().decode(serverSentEvent('message', data))).toBe(data)
  }
})

it('is one object', () => {
  expect(text()).toBe(text())
})
