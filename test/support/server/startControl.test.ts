// @vitest-environment node
import { once } from 'node:events'
import { request } from 'node:http'
import { expect, it } from 'vitest'
import { controlEachTest } from './controlEachTest.ts'

const control = controlEachTest()

it('gives the answers of the script in turn, and repeats the last one', async () => {
  const { url } = await control.open(500, 502, 503)
  const statuses = []
  for (let turn = 0; turn < 4; turn++) statuses.push((await fetch(url)).status)
  expect(statuses).toEqual([500, 502, 503, 503])
})

it('takes another script for later requests', async () => {
  const { id, url } = await control.open(500)
  await control.post(`/${id}/answer`, [204])
  expect((await fetch(url)).status).toBe(204)
})

it('plays steps on an open answer', async () => {
  const { id, url } = await control.open({})
  const response = await fetch(url)
  expect(await control.log(id)).toMatchObject({ open: 1 })
  await control.post(`/${id}/play`, [{ send: { data: 'a' } }, 'end'])
  expect(await response.text()).toBe('data: a\n\n')
  expect(await control.log(id, 'open=0')).toMatchObject({ open: 0 })
})

it('fails to play steps without an open answer', async () => {
  const { id } = await control.open({})
  await expect(control.post(`/${id}/play`, ['end'])).rejects.toThrow(
    'No response of stream-1 is open',
  )
})

it('records every request', async () => {
  const before = Date.now()
  const { id, url } = await control.open(503)
  await fetch(`${url}?a=1`, { headers: { 'Last-Event-ID': '7', 'X-Odd': '1' } })
  const { requests } = await control.log(id, 'requests=1')
  expect(requests).toEqual([
    {
      at: expect.any(Number),
      method: 'GET',
      url: `/${id}?a=1`,
      lastEventId: '7',
      headers: expect.objectContaining({ 'x-odd': '1' }),
      body: '',
    },
  ])
  expect(requests[0]?.at).toBeGreaterThanOrEqual(before)
})

it('records a request only once its whole body has arrived', async () => {
  const { id, url } = await control.open('stall')
  const body = 'é'.repeat(100_000)
  const leaving = new AbortController()
  const answered = fetch(url, { method: 'POST', body, signal: leaving.signal }).catch(() => 'left')
  const { requests } = await control.log(id, 'requests=1')
  leaving.abort()
  expect(await answered).toBe('left')
  expect(requests).toMatchObject([{ method: 'POST', body }])
})

it('decodes a last event id as UTF-8', async () => {
  const { id, url } = await control.open(503)
  const bytes = Buffer.from('日本 é').toString('latin1')
  await fetch(url, { headers: { 'Last-Event-ID': bytes } })
  expect((await control.log(id, 'requests=1')).requests).toMatchObject([{ lastEventId: '日本 é' }])
})

it('survives a request that is aborted halfway', async () => {
  const { id, url } = await control.open(503)
  const sent = request(url, { method: 'POST', headers: { Expect: '100-continue' } })
  const failed = once(sent, 'error')
  sent.once('continue', () => sent.destroy(new Error('broken off')))
  sent.flushHeaders()
  await failed
  expect((await fetch(url)).status).toBe(503)
  expect((await control.log(id)).requests).toHaveLength(1)
})

it('refuses connections while its port is closed, then accepts them again', async () => {
  const { id, url } = await control.open(503)
  await control.post(`/${id}/refuse`)
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  await control.post(`/${id}/accept`)
  expect((await fetch(url)).status).toBe(503)
  expect((await control.log(id)).requests).toHaveLength(1)
})

it('serves a page at the same origin, without recording its requests', async () => {
  const { id, url } = await control.open(503)
  expect(await (await fetch(new URL('/page', url))).text()).toContain('A page')
  expect((await control.log(id)).requests).toEqual([])
})

it('ends a stream and all its open answers', async () => {
  const { id, url } = await control.open({})
  const response = await fetch(url)
  await fetch(`${control.url}/${id}`, { method: 'DELETE' })
  await expect(response.text()).rejects.toThrow('terminated')
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})
