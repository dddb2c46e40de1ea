// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, OpenedStream, ServerLog, Step } from './script.ts'
import { type Control, startControl } from './startControl.ts'

let control: Control

beforeEach(async () => {
  control = await startControl()
})

afterEach(() => control.close())

describe('an answer', () => {
  it('is a stream that any page may read', async () => {
    const { url } = await open({ body: ['end'] })
    const response = await fetch(url, { headers: { Origin: 'http://page.test' } })
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'access-control-allow-origin': 'http://page.test',
      'access-control-allow-credentials': 'true',
    })
  })

  it('has the status and the headers of the script, and lacks those it takes away', async () => {
    const headers = { 'X-Odd': '1', 'Content-Type': null }
    const { url } = await open({ status: 203, headers, body: ['end'] })
    const response = await fetch(url)
    expect(response.status).toBe(203)
    expect(response.headers.get('x-odd')).toBe('1')
    expect(response.headers.get('content-type')).toBe(null)
  })

  it('is taken from the script in turn, the last one for all that follow', async () => {
    const { url } = await open(500, 502, 503)
    const statuses = []
    for (let turn = 0; turn < 4; turn++) statuses.push((await fetch(url)).status)
    expect(statuses).toEqual([500, 502, 503, 503])
  })

  it('is another one after the script has been changed', async () => {
    const { id, url } = await open(500)
    await post(`/${id}/answer`, [204])
    expect((await fetch(url)).status).toBe(204)
  })

  it('never comes when it stalls', async () => {
    const { id, url } = await open('stall')
    const leaving = new AbortController()
    const answered = fetch(url, leaving).catch((error: Error) => error.name)
    expect(await log(id, 'requests=1&open=1')).toMatchObject({ open: 1 })
    leaving.abort()
    expect(await answered).toBe('AbortError')
    expect(await log(id, 'open=0')).toMatchObject({ open: 0 })
  })

  it('never comes when it is reset', async () => {
    const { url } = await open('reset')
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})

describe('a body', () => {
  it('holds events with their fields, and the time to retry', async () => {
    const text = await bodyOf([
      { retry: 50 },
      { send: { event: 'note', id: '7', data: 'one\ntwo' } },
      { send: [{ data: 'a' }, { data: 'b' }] },
      'end',
    ])
    expect(text).toBe(
      'retry: 50\n\nevent: note\nid: 7\ndata: one\ndata: two\n\ndata: a\n\ndata: b\n\n',
    )
  })

  it('holds numbered events, together or each in its chunk', async () => {
    const three = 'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n'
    expect(await bodyOf([{ burst: { to: 3 } }, 'end'])).toBe(three)
    expect(await bodyOf([{ flood: { to: 3 } }, 'end'])).toBe(three)
  })

  it('loses nothing of a flood to the flow control', async () => {
    const text = await bodyOf([{ flood: { event: 'n', to: 20_000 } }, 'end'])
    const numbers = [...text.matchAll(/^data: (\d+)$/gm)].map(([, number]) => Number(number))
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1))
  })

  it('resumes after the last event id in the header, or in the query', async () => {
    const { url } = await open({ body: [{ burst: { from: 'resume', to: 3 } }, 'end'] })
    const last = 'id: 3\ndata: 3\n\n'
    const resumed = await fetch(url, { headers: { 'Last-Event-ID': '2' } })
    expect(await resumed.text()).toBe(last)
    expect(await (await fetch(`${url}?lastEventId=2`)).text()).toBe(last)
  })

  it('is cut by a reset', async () => {
    const { url } = await open({ body: [{ send: { data: 'a' } }, 'reset'] })
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated')
  })

  it('goes on with what is played while it is open', async () => {
    const { id, url } = await open({})
    const response = await fetch(url)
    expect(await log(id)).toMatchObject({ open: 1 })
    await post(`/${id}/play`, [{ send: { data: 'a' } }, 'end'])
    expect(await response.text()).toBe('data: a\n\n')
    expect(await log(id, 'open=0')).toMatchObject({ open: 0 })
  })
})

it('plays nothing where no answer is open, and says so', async () => {
  const { id } = await open({})
  await expect(post(`/${id}/play`, ['end'])).rejects.toThrow('No answer of stream-1 is open')
})

it('records every request', async () => {
  const before = Date.now()
  const { id, url } = await open(503)
  await fetch(`${url}?a=1`, { headers: { 'Last-Event-ID': '7', 'X-Odd': '1' } })
  const { requests } = await log(id, 'requests=1')
  expect(requests).toEqual([
    {
      at: expect.any(Number),
      url: `/${id}?a=1`,
      lastEventId: '7',
      headers: expect.objectContaining({ 'x-odd': '1' }),
    },
  ])
  expect(requests[0]?.at).toBeGreaterThanOrEqual(before)
})

it('refuses connections while its port is closed, and accepts them again', async () => {
  const { id, url } = await open(503)
  await post(`/${id}/refuse`)
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  await post(`/${id}/accept`)
  expect((await fetch(url)).status).toBe(503)
  expect((await log(id)).requests).toHaveLength(1)
})

it('has a page at the same origin, which is not recorded', async () => {
  const { id, url } = await open(503)
  expect(await (await fetch(new URL('/page', url))).text()).toContain('A page')
  expect((await log(id)).requests).toEqual([])
})

it('ends a stream with all that is open', async () => {
  const { id, url } = await open({})
  const response = await fetch(url)
  await fetch(`${control.url}/${id}`, { method: 'DELETE' })
  await expect(response.text()).rejects.toThrow('terminated')
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

async function open(...answers: Answer[]): Promise<OpenedStream> {
  return (await post('', answers)).json()
}

async function log(id: string, condition = ''): Promise<ServerLog> {
  return (await fetch(`${control.url}/${id}?${condition}`)).json()
}

async function bodyOf(body: Step[]): Promise<string> {
  const { url } = await open({ body })
  return (await fetch(url)).text()
}

async function post(path: string, given?: readonly unknown[]): Promise<Response> {
  const response = await fetch(control.url + path, { method: 'POST', body: JSON.stringify(given) })
  if (!response.ok) throw new Error(await response.text())
  return response
}
