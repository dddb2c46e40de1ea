import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, within } from 'storybook/test'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { Counter } from './Counter.tsx'
import code from './Counter.tsx?raw'
import { demo, patiently } from './demo.ts'

const meta = {
  title: 'Counter',
  args: { every: 2_000, retry: 1_000 },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          'Unnamed messages beside named events with ids and JSON, from one stream. After a drop, and after a 503, the server goes on after the last id: no number is missing.',
      },
    },
  },
  render: (args) => (
    <Stage feed="counter" {...args}>
      {(url) => <Counter url={url} />}
    </Stage>
  ),
} satisfies Meta<StageArgs>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = ReturnType<typeof within>

/** A message and an update every 2 s. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    const { status } = demo({ canvas, userEvent })
    await status('open')
    await patiently(() => expect(numbers(canvas, 'Unnamed messages')[0]).toBe(1))
    expect(numbers(canvas, 'Updates')[0]).toBe(101)
  },
}

/** The browser sends the last id along when it comes back, and gets what it missed. */
export const MissesNothingInADrop: Story = {
  tags: ['!autodocs'],
  args: { every: 150, retry: 600 },
  async play({ canvas, userEvent }) {
    const { press, status } = demo({ canvas, userEvent })
    await reaches(canvas, 3)
    await press('Drop')
    await status('reconnecting')
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await status('open')
    // Those from the time without a connection are still on the list.
    await reaches(canvas, last + 4)
    expectNoGap(canvas)
  },
}

/** After a 503 it is a new EventSource that resumes, with the last id in the url. */
export const MissesNothingInA503: Story = {
  tags: ['!autodocs'],
  args: { every: 400, retry: 100 },
  async play({ canvas, userEvent }) {
    const { press, status } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('503')
    await status('reconnecting')
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await press('Come back')
    await status('open')
    await reaches(canvas, last + 1)
    expectNoGap(canvas)
  },
}

/** A server that says nothing looks like one that has nothing to say. When it goes on, so does the count. */
export const WaitsForAStalledServer: Story = {
  tags: ['!autodocs'],
  args: { every: 150, retry: 1_000 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('Stall')
    await server({ mode: 'stalled', open: 1 })
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await press('Come back')
    await reaches(canvas, last + 3)
    expectNoGap(canvas)
    await status('open')
    await server({ mode: 'up', open: 1, requests: 1 })
  },
}

function reaches(canvas: Canvas, n: number): Promise<void> {
  return patiently(() =>
    expect(numbers(canvas, 'Unnamed messages').at(-1)).toBeGreaterThanOrEqual(n),
  )
}

function expectNoGap(canvas: Canvas): void {
  for (const list of ['Unnamed messages', 'Updates']) {
    const shown = numbers(canvas, list)
    expect(shown).toEqual(shown.map((_, i) => (shown[0] ?? 0) + i))
  }
}

function numbers(canvas: Canvas, list: string): number[] {
  return within(canvas.getByRole('region', { name: list }))
    .queryAllByRole('listitem')
    .map((item) => Number(item.textContent?.match(/\d+/)?.[0]))
}
