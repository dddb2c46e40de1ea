import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, within } from 'storybook/test'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { Counter, type CounterOptions } from './Counter.tsx'
import code from './Counter.tsx?raw'
import { demo, patiently } from './demo.ts'

const meta = {
  title: 'Counter',
  args: { every: 2_000, retry: 1_000, transport: 'native', heartbeat: 0 },
  argTypes: {
    transport: { control: 'inline-radio', options: ['native', 'fetch'] },
    heartbeat: { control: { type: 'range', min: 0, max: 10_000, step: 500 } },
  },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          'Unnamed messages and named JSON events with ids, from one stream. After a drop or a 503 the server continues after the last id, so no number is missing. Both transports work: fetch also sends a token, reports the HTTP status and detects silence.',
      },
    },
  },
  render: ({ transport, heartbeat, ...args }) => (
    <Stage feed="counter" {...args}>
      {(url) => <Counter url={url} transport={transport} heartbeat={heartbeat} />}
    </Stage>
  ),
} satisfies Meta<StageArgs & CounterOptions>

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

/** The browser sends the last id when it reconnects, and receives the events that it missed. */
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
    // The events from the time without a connection are still on the list.
    await reaches(canvas, last + 4)
    expectNoGap(canvas)
  },
}

/** After a 503 a new EventSource resumes the stream, with the last id in the url. */
export const MissesNothingInA503: Story = {
  tags: ['!autodocs'],
  args: { every: 400, retry: 100 },
  async play({ canvas, userEvent }) {
    const { press, status } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('503')
    await status('reconnecting')
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await press('Restore')
    await status('open')
    await reaches(canvas, last + 1)
    expectNoGap(canvas)
  },
}

/** Without a heartbeat, a stalled server looks idle. The count continues when the server does. */
export const WaitsForAStalledServer: Story = {
  tags: ['!autodocs'],
  args: { every: 150, retry: 1_000 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('Stall')
    await server({ mode: 'stalled', open: 1 })
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await press('Restore')
    await reaches(canvas, last + 3)
    expectNoGap(canvas)
    await status('open')
    await server({ mode: 'up', open: 1, requests: 1 })
  },
}

/** The same stream over fetch, with a token and a heartbeat. Errors have more details. */
export const OverFetch: Story = {
  args: { transport: 'fetch', heartbeat: 5_000 },
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await status('open')
    await reaches(canvas, 1)
    await server({ open: 1, requests: 1 })
  },
}

/** Over fetch, the end of a stream is a loss, like a cut connection. */
export const MissesNothingOverFetch: Story = {
  tags: ['!autodocs'],
  args: { every: 150, retry: 300, transport: 'fetch' },
  async play({ canvas, userEvent }) {
    const { press, server } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('End')
    await server({ open: 1, requests: 2 })
    await press('Drop')
    await server({ open: 1, requests: 3 })
    await reaches(canvas, (numbers(canvas, 'Unnamed messages').at(-1) ?? 0) + 3)
    expectNoGap(canvas)
  },
}

/** The error has the status 503 and the body of the response. */
export const ReportsA503OverFetch: Story = {
  tags: ['!autodocs'],
  args: { every: 400, retry: 100, transport: 'fetch' },
  async play({ canvas, userEvent }) {
    const { press, status } = demo({ canvas, userEvent })
    await reaches(canvas, 1)
    await press('503')
    await status('reconnecting')
    await canvas.findByText(/^http: .* status 503\. Response: Out for lunch$/)
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await press('Restore')
    await status('open')
    await reaches(canvas, last + 1)
    expectNoGap(canvas)
  },
}

/** After a 401 the same attempt makes a second request, with a fresh token. */
export const SendsAFreshTokenAfterA401: Story = {
  tags: ['!autodocs'],
  args: { every: 150, retry: 100, transport: 'fetch' },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('401')
    await server({ mode: 'up', open: 1, requests: 3 })
    await status('open')
    await reaches(canvas, (numbers(canvas, 'Unnamed messages').at(-1) ?? 0) + 2)
    expectNoGap(canvas)
  },
}

/** With a heartbeat, a silent stream counts as a loss, and another attempt replaces it. */
export const ReplacesASilentConnection: Story = {
  tags: ['!autodocs'],
  args: { every: 150, retry: 100, transport: 'fetch', heartbeat: 1_000 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await reaches(canvas, 2)
    await press('Stall')
    await status('reconnecting')
    await canvas.findByText('timeout: Nothing came for 1000 ms')
    await server({ mode: 'stalled', open: 1, requests: 2 })
    const last = numbers(canvas, 'Unnamed messages').at(-1) ?? 0
    await press('Restore')
    await status('open')
    await reaches(canvas, last + 3)
    expectNoGap(canvas)
    await server({ mode: 'up', open: 1, requests: 2 })
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
