// @vitest-environment node
import { expect, it } from 'vitest'
import { controlEachTest } from './controlEachTest.ts'
import { cutEvery } from './cutEvery.ts'

const control = controlEachTest()

it('cuts a stream in each way in turn, and leaves the last answer open', () => {
  const burst = (to: number) => ({ burst: { event: 'n', from: 'resume', to } })
  const part = (number: string) => ({ event: 'n', id: number, data: number })
  expect(cutEvery(10, { event: 'n', to: 50 }, ['end', 'reset', 'after id', 'in data'])).toEqual([
    { body: [burst(10), 'end'] },
    { body: [burst(20), 'reset'] },
    { body: [burst(30), { part: part('31'), upTo: 'id' }, 'reset'] },
    { body: [burst(40), { part: part('41'), upTo: 'data' }, 'end'] },
    { body: [burst(50)] },
  ])
})

it('cuts an event in the middle of its data', async () => {
  const { url } = await control.open(...cutEvery(2, { to: 4 }, ['in data']))
  expect(await (await fetch(url)).text()).toBe('id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3')
})
