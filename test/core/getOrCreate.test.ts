import { expect, it, vi } from 'vitest'
import { getOrCreate } from '../../src/core/getOrCreate.ts'

it('getOrCreate() creates a value once, and returns the same one afterwards', () => {
  const map = new Map<string, object>()
  const create = vi.fn(() => ({}))
  const made = getOrCreate(map, 'key', create)
  expect(getOrCreate(map, 'key', create)).toBe(made)
  expect(map.get('key')).toBe(made)
  expect(create).toHaveBeenCalledTimes(1)
})

it('getOrCreate() returns an existing value even if it is falsy', () => {
  for (const value of [0, '', false, null]) {
    expect(getOrCreate(new Map<string, unknown>([['key', value]]), 'key', () => 'made')).toBe(value)
  }
})
