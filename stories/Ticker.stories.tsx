import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, type within } from 'storybook/test'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { demo, patiently } from './demo.ts'
import { symbols } from './servers/ticker.ts'
import { Ticker } from './Ticker.tsx'
import code from './Ticker.tsx?raw'

const meta = {
  title: 'Ticker',
  args: { every: 20, retry: 1_000 },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          '200 rows call the hook on one connection that delivers 50 events a second. A row is highlighted when it renders, which happens only when its own quote changes.',
      },
    },
  },
  render: (args) => (
    <Stage feed="ticker" {...args}>
      {(url) => <Ticker url={url} symbols={symbols} />}
    </Stage>
  ),
} satisfies Meta<StageArgs>

export default meta
type Story = StoryObj<typeof meta>

/** All 200 rows share one HTTP request and one map of the latest quotes. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await status('open')
    await patiently(() => expect(rows(canvas).every(hasQuote)).toBe(true))
    expect(rows(canvas)).toHaveLength(200)
    await server({ open: 1, requests: 1 })
  },
}

/** When a few quotes arrive, most of the rows do not render. */
export const RendersOnlyWhatChanged: Story = {
  tags: ['!autodocs'],
  async play({ canvas, userEvent }) {
    await demo({ canvas, userEvent }).status('open')
    await patiently(() => expect(rows(canvas).every(hasQuote)).toBe(true))
    const before = renders(canvas)
    const changed = await patiently(() => {
      const after = renders(canvas)
      const changed = after.filter((count, i) => count !== before[i]).length
      expect(changed).toBeGreaterThan(0)
      return changed
    })
    expect(changed).toBeLessThan(100)
  },
}

function rows(canvas: ReturnType<typeof within>): HTMLElement[] {
  // A selector, since computing the roles of hundreds of elements is slow.
  return [...canvas.getByRole('list', { name: 'Quotes' }).querySelectorAll('li')]
}

function hasQuote(row: HTMLElement): boolean {
  return /\d\.\d\d/.test(row.textContent ?? '')
}

function renders(canvas: ReturnType<typeof within>): number[] {
  return rows(canvas).map((row) => Number(row.dataset['renders']))
}
