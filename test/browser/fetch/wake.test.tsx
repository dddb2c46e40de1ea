import { fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openStream } from '../support/openStream.ts'
import { states } from '../support/states.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow } from './support/follow.tsx'
import { restore } from './support/wakeUp.ts'

/** A delay that no test waits for. */
const late = { initialDelay: 600_000, maxDelay: 600_000, jitter: false }

expectNothingThrown()

describe('a page that is restored from the back-forward cache', () => {
  it('replaces an open stream at once, and resumes after the last event id', async () => {
    const stream = await openStream(
      { body: [{ burst: { to: 3 } }] },
      { body: [{ burst: { from: 'resume', to: 5 } }] },
    )
    const { log, untilMessage, messages } = await follow(stream, { retry: late })
    await untilMessage('3')
    restore()
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, { lastEventId: '3' }] })
    expect(states(log.entries).filter((state) => state.startsWith('closed'))).toEqual([])
  })

  it('replaces an unanswered attempt', async () => {
    const stream = await openStream('stall', { body: [{ burst: { to: 3 } }] })
    const { untilMessage } = await follow(stream, { retry: late })
    await stream.until({ requests: 1 })
    restore()
    await untilMessage('3')
    expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, {}] })
  })

  it('makes 1 request for 20 such events in a row', async () => {
    const stream = await openStream({ body: [{ burst: { from: 'resume', to: 3 } }] })
    const { log, untilMessage } = await follow(stream, { retry: late })
    await untilMessage('3')
    for (let times = 0; times < 20; times++) restore()
    await log.until(({ status }) => status === 'reconnecting')
    await log.until(({ status }) => status === 'open')
    expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, {}] })
  })
})

describe.each([
  ['into view', () => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))],
  ['online', () => window.dispatchEvent(new Event('online'))],
])('a page that comes %s', (_, wake) => {
  it('makes a pending attempt at once', async () => {
    const stream = await openStream(503, { body: [{ burst: { to: 3 } }] })
    const { log, untilMessage } = await follow(stream, { retry: late })
    await log.until(({ retryAt }) => retryAt !== null)
    wake()
    await untilMessage('3')
    expect(await stream.log()).toMatchObject({ requests: [{}, {}], open: 1 })
  })

  it('leaves an open stream and an unanswered attempt alone', async () => {
    const stream = await openStream('stall', {})
    const transport = fetchTransport()
    const waiting = await follow(stream, { transport })
    await stream.until({ requests: 1 })
    wake()
    expect(waiting.log.latest.status).toBe('connecting')
    waiting.log.latest.reconnect()
    await waiting.log.until(({ status }) => status === 'open')
    wake()
    await stream.play({ burst: { to: 3 } })
    await waiting.untilMessage('3')
    expect(await stream.log()).toMatchObject({ requests: [{}, {}], open: 1 })
  })

  it('reopens a connection that failed after the last attempt', async () => {
    const stream = await openStream(503, 503, { body: [{ burst: { to: 3 } }] })
    const { log, untilMessage } = await follow(stream, {
      retry: { initialDelay: 5, maxAttempts: 1 },
    })
    await log.until(({ status }) => status === 'closed')
    wake()
    await untilMessage('3')
    expect(log.latest).toMatchObject({ status: 'open', error: null })
  })

  it('does not reopen a connection after a final answer', async () => {
    const stream = await openStream(404, { body: [{ burst: { to: 3 } }] })
    const { log } = await follow(stream)
    await log.until(({ status }) => status === 'closed')
    wake()
    expect(log.latest).toMatchObject({ status: 'closed', error: { status: 404 } })
    expect(await stream.log()).toMatchObject({ requests: [{}], open: 0 })
  })
})

it('makes its attempts while the page is offline if the server is on this machine', async () => {
  const online = vi.spyOn(navigator, 'onLine', 'get')
  onTestFinished(() => online.mockRestore())
  const stream = await openStream({ body: [{ burst: { from: 'resume', to: 3 } }] })
  const { log, untilMessage, messages } = await follow(stream)
  await untilMessage('3')
  online.mockReturnValue(false)
  window.dispatchEvent(new Event('offline'))
  await stream.play('reset')
  await log.until(({ retryAt }) => retryAt !== null)
  await log.until(({ status }) => status === 'open')
  await stream.play({ burst: { from: 4, to: 4 } })
  await untilMessage('4')
  expect(messages()).toEqual(['1', '2', '3', '4'])
  expect(await stream.log()).toMatchObject({ requests: [{}, { lastEventId: '3' }], open: 1 })
})
