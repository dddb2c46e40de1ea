import { expect, it, vi } from 'vitest'
import { getOrCreate } from '../../src/core/getOrCreate.ts'

it('makes a value the first time, and gives the same one ever after', () => {
  const map = new Map<string, object>()
  const create = vi.fn(() => ({}))
  const made = getOrCreate(map, 'key', create)
  expect(getOrCreate(map, 'key', create)).toBe(made)
  expect(map.get('key')).toBe(made)
  expect(create).toHaveBeenCalledTimes(1)
})

it('takes a value that is falsy for one that is there', () => {
  for (const value of [0, '', false, null]) {
    expect(getOrCreate(new Map<string, unknown>([['key', value]]), 'key', () => 'made')).toBe(value)
  }
})
