// @vitest-environment node
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fetchTransport } from 'use-event-source/fetch'
import { expect, it, onTestFinished, vi } from 'vitest'
import { requestOf } from '../support/requestOf.ts'
import { createSinkLog } from './support/createSinkLog.ts'
import { openAttempt } from './support/openAttempt.ts'
import { settle } from './support/settle.ts'

it.each([
  [{}, 'follow'],
  [{ redirect: 'follow' }, 'follow'],
  // `error` would reject as a network fault does.
  [{ redirect: 'error' }, 'manual'],
] as const)('the options %j make fetch %s redirects', async (options, redirect) => {
  const { server } = await openAttempt(options)
  expect(server.latest().init.redirect).toBe(redirect)
})

it('does not make another stream, and counts from the next attempt on', () => {
  expect(fetchTransport({ redirect: 'error' }).key).toBe(fetchTransport().key)
})

it.each([
  // A browser hides the status.
  [0, undefined, 'The server answered with a redirect, which is not followed'],
  [307, 307, 'The server answered with status 307'],
])('a redirect that is refused is final: status %i', async (answer, status, message) => {
  const { server, log } = await openAttempt({ redirect: 'error' })
  server.latest().respond(answer, {})
  await settle()
  expect(log.calls).toMatchObject([['fail', { type: 'http', message }, true]])
  expect(log.calls[0]?.[1]).toHaveProperty('status', status)
  expect(server.requests).toHaveLength(1)
})

it.each([
  ['follow', ['/', '/target'], 'content-type'],
  ['error', ['/'], 'http'],
] as const)('Node’s own fetch obeys %s', async (redirect, paths, type) => {
  const asked: (string | undefined)[] = []
  const server = createServer(({ url }, response) => {
    asked.push(url)
    if (url === '/') response.writeHead(307, { Location: '/target?token=s3cret' })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const { sink, calls } = createSinkLog()
  fetchTransport({ redirect }).open(requestOf({ url }), sink)
  await vi.waitFor(() => expect(calls).toMatchObject([['fail', { type }, true]]))
  expect(asked.map((path) => path?.split('?')[0])).toEqual(paths)
  expect(JSON.stringify(calls)).not.toContain('s3cret')
})
