// @vitest-environment node
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { controlEachTest } from './controlEachTest.ts'

const control = controlEachTest()

it('sends a stream that any page may read', async () => {
  const { url } = await control.open({ body: ['end'] })
  const response = await fetch(url, { headers: { Origin: 'http://page.test' } })
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'access-control-allow-origin': 'http://page.test',
    'access-control-allow-credentials': 'true',
  })
})

it('sends the status and headers of the script, without the headers that it removes', async () => {
  const headers = { 'X-Odd': '1', 'Content-Type': null }
  const { url } = await control.open({ status: 203, headers, body: ['end'] })
  const response = await fetch(url)
  expect(response.status).toBe(203)
  expect(response.headers.get('x-odd')).toBe('1')
  expect(response.headers.get('content-type')).toBe(null)
})

it('lets a page send any header that the url does not refuse, and read the headers of the script', async () => {
  const { id, url } = await control.open({ status: 503, headers: { 'Retry-After': '2' } })
  const asked = {
    Origin: 'http://page.test',
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,last-event-id',
  }
  const preflight = await fetch(url, { method: 'OPTIONS', headers: asked })
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': 'http://page.test',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization,last-event-id',
  })
  const refusing = await fetch(`${url}?refuse=last-event-id`, { method: 'OPTIONS', headers: asked })
  expect(refusing.headers.get('access-control-allow-headers')).toBe('authorization')
  expect((await control.log(id)).requests).toEqual([])
  const response = await fetch(url)
  expect(response.headers.get('access-control-expose-headers')?.split(', ')).toContain(
    'Retry-After',
  )
})

it('never responds to a stalled request', async () => {
  const { id, url } = await control.open('stall')
  const leaving = new AbortController()
  const answered = fetch(url, leaving).catch((error: Error) => error.name)
  expect(await control.log(id, 'requests=1&open=1')).toMatchObject({ open: 1 })
  leaving.abort()
  expect(await answered).toBe('AbortError')
  expect(await control.log(id, 'open=0')).toMatchObject({ open: 0 })
})

it('resets the connection without an answer', async () => {
  const { url } = await control.open('reset')
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

it('writes raw bytes, and ends the connection', async () => {
  const { id, url } = await control.open(
    { raw: '' },
    { raw: ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 0x61, 'b'] },
  )
  await expect(fetch(url)).rejects.toMatchObject({ cause: { message: 'other side closed' } })
  expect(await (await fetch(url)).text()).toBe('ab')
  expect(await control.log(id, 'requests=2&open=0')).toMatchObject({ open: 0 })
})

it('picks an answer by a header of the request', async () => {
  const { url } = await control.open({
    if: { header: 'Authorization', equals: 'Bearer 2' },
    give: { body: [{ send: { data: 'a' } }, 'end'] },
    else: { if: { header: 'Authorization', equals: 'Bearer 1' }, give: 403, else: 401 },
  })
  const ask = (Authorization: string) => fetch(url, { headers: { Authorization } })
  expect((await fetch(url)).status).toBe(401)
  expect((await ask('Bearer 1')).status).toBe(403)
  expect(await (await ask('Bearer 2')).text()).toBe('data: a\n\n')
})

it('redirects to another url', async () => {
  const target = await control.open({ body: ['end'] })
  const { id, url } = await control.open(
    { redirect: target.url },
    { redirect: '/page', status: 307 },
  )
  expect(await fetch(url)).toMatchObject({ url: target.url, redirected: true, status: 200 })
  const response = await fetch(url, { redirect: 'manual' })
  expect(response.status).toBe(307)
  expect(response.headers.get('location')).toBe(new URL('/page', url).href)
  await control.post(`/${id}/answer`, [{ redirect: '' }])
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(302)
})

it('redirects to itself in a loop', async () => {
  const { id, url } = await control.open({ redirect: '' })
  await expect(fetch(`${url}?a=1`)).rejects.toMatchObject({
    cause: { message: 'redirect count exceeded' },
  })
  const { requests } = await control.log(id)
  expect(new Set(requests.map(({ url }) => url))).toEqual(new Set([`/${id}?a=1`]))
  expect(requests).toHaveLength(21)
})

it('compresses a body, and sends each write at once', async () => {
  const { id, url } = await control.open({ gzip: true, body: [{ send: { data: 'a' } }] })
  const response = await fetch(url)
  expect(response.headers.get('content-encoding')).toBe('gzip')
  const reader = response.body?.getReader()
  const read = async () => new TextDecoder().decode((await reader?.read())?.value)
  expect(await read()).toBe('data: a\n\n')
  await control.post(`/${id}/play`, [{ send: { data: 'b' } }])
  expect(await read()).toBe('data: b\n\n')
  await control.post(`/${id}/play`, ['end'])
  expect(await read()).toBe('')
})

it('resets a compressed body after the writes before it', async () => {
  const { url } = await control.open({ gzip: true, body: [{ send: { data: 'a' } }, 'reset'] })
  const [response] = (await once(get(url), 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [error] = await once(response, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
  expect(Buffer.concat(chunks).length).toBeGreaterThan(10)
})
