import { expect, it } from 'vitest'
import { goalsOf, goalTable, isReached } from './goals.ts'
import { median, quantile } from './statistics.ts'
import { number, toMarkdown, toText } from './table.ts'

it('interpolates a quantile between two values', () => {
  expect(quantile([4, 1, 3, 2], 0.75)).toBe(3.25)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([])).toBeNaN()
})

it('counts a goal as reached at its bound, but not without a measurement', () => {
  expect(isReached({ name: 'most', value: 1.1, atMost: 1.1 })).toBe(true)
  expect(isReached({ name: 'most', value: 1.11, atMost: 1.1 })).toBe(false)
  expect(isReached({ name: 'least', value: 39, atLeast: 40 })).toBe(false)
  const goals = goalsOf([])
  expect(goals.filter(isReached)).toEqual([])
  for (const row of goalTable(goals).rows) expect(row.at(-1)).toBe('not measured')
})

it('writes a table as text and as Markdown', () => {
  const table = { title: 'Cost', head: ['variant', 'ms'], rows: [['ours', number(1234.56, 1)]] }
  expect(toText(table)).toBe('Cost\nvariant       ms\nours     1,234.6')
  expect(toMarkdown(table)).toBe('**Cost**\n\n| variant | ms |\n| --- | ---: |\n| ours | 1,234.6 |')
})
