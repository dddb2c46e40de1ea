// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { openAttempt } from './support/openAttempt.ts'
import { settle } from './support/settle.ts'

describe('the userinfo of a url', () => {
  // [spec] RFC 7617, 2: base64 of "user:password". [spec] URL, 1.3: percent-decoded to UTF-8
  it.each([
    ['http://user:secret@example.com:8080/a?b@c', 'http://example.com:8080/a?b@c', 'user:secret'],
    ['HTTPS://user@example.com', 'HTTPS://example.com', 'user:'],
    ['http://:token@example.com/', 'http://example.com/', ':token'],
    ['http://a:b:c@example.com/', 'http://example.com/', 'a:b:c'],
    ['http://a:b@c@example.com/', 'http://example.com/', 'a:b@c'],
    ['http://j%C3%B6rg%40a:p%3A%2f%25@example.com/', 'http://example.com/', 'jörg@a:p:/%'],
    ['http://jörg:名前@example.com/', 'http://example.com/', 'jörg:名前'],
    ['http://a:50%off%u0041@example.com/', 'http://example.com/', 'a:50%off%u0041'],
  ])('is sent as Basic credentials: %s', async (url, sent, pair) => {
    const { server } = await openAttempt({}, { url })
    expect(server.latest().url).toBe(sent)
    const [scheme, value = ''] = server.latest().headers.get('Authorization')?.split(' ') ?? []
    expect(scheme).toBe('Basic')
    expect(Buffer.from(value, 'base64').toString('utf8')).toBe(pair)
  })

  it.each([
    'http://example.com/@a',
    'http://example.com?a@b',
    'http://example.com#a:b@c',
    '/relative@x',
    'data:text/plain,http://a:b@c',
  ])('is not found in %s', async (url) => {
    const { server } = await openAttempt({}, { url })
    expect(server.latest().url).toBe(url)
    expect(server.latest().headers.has('Authorization')).toBe(false)
  })

  it('gives way to an Authorization header of the user', async () => {
    const headers = () => ({ authorization: 'Bearer 1' })
    const { server } = await openAttempt({ headers }, { url: 'http://user:secret@example.com/' })
    expect(server.latest().headers.get('Authorization')).toBe('Bearer 1')
    expect(server.latest().url).toBe('http://example.com/')
  })

  it('is not part of the origin of an event', async () => {
    const { server, log } = await openAttempt({}, { url: 'http://user:secret@example.com/' })
    server.latest().respond(200, { 'Content-Type': 'text/event-stream' }, '')
    server.latest().write('data\n\n')
    await settle()
    expect(log.withoutAlive().at(-1)).toMatchObject(['event', { origin: 'http://example.com' }])
  })
})
