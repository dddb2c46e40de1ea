import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { demo, patiently } from './demo.ts'
import { Greeting } from './Greeting.tsx'
import code from './Greeting.tsx?raw'

const meta = {
  title: 'Greeting',
  args: { every: 5_000, retry: 1_000 },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          'The simplest stream: plain text in unnamed messages. The server sends a greeting with the time every 5 s.',
      },
    },
  },
  render: (args) => (
    <Stage feed="greeting" {...args}>
      {(url) => <Greeting url={url} />}
    </Stage>
  ),
} satisfies Meta<StageArgs>

export default meta
type Story = StoryObj<typeof meta>

/** The first greeting arrives as soon as the stream opens. Break the server and watch the state. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await status('open')
    await canvas.findByText(greetingText)
    await server({ open: 1, requests: 1 })
  },
}

/** After a drop the browser itself reconnects, with the delay that the server sets. */
export const ReconnectsAfterADrop: Story = {
  tags: ['!autodocs'],
  args: { every: 200, retry: 500 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await status('open')
    await press('Drop')
    await status('reconnecting attempt 1')
    await status('open')
    await server({ open: 1, requests: 2 })
    await canvas.findByText(greetingText)
  },
}

/** The browser gives up at a 503. The retry policy continues, with a longer delay each time. */
export const OutlastsA503: Story = {
  tags: ['!autodocs'],
  args: { every: 200, retry: 100 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await status('open')
    await press('503')
    await status('reconnecting')
    await canvas.findByText(/^in \d\.\d s$/)
    await canvas.findByText(/^network: /)
    await server({ mode: 'refusing', open: 0 })
    await press('Restore')
    await status('open')
    await server({ mode: 'up', open: 1 })
    await patiently(() => expect(canvas.queryByText(/^network: /)).toBeNull())
  },
}

/** `close()` ends the stream for all of its components, and `reconnect()` opens it again. */
export const ClosesAndReconnects: Story = {
  tags: ['!autodocs'],
  args: { every: 200, retry: 1_000 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await status('open')
    await press('Close')
    await status('closed stopped')
    await server({ open: 0, requests: 1 })
    await press('Reconnect')
    await status('open')
    await server({ open: 1, requests: 2 })
  },
}

/**
 * A stream closes a second after its last component unmounts, unless another one mounts in that
 * time.
 */
export const LeavesNothingOpen: Story = {
  tags: ['!autodocs'],
  args: { every: 200, retry: 1_000 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await status('open')
    await press('Unmount')
    await press('Mount')
    await status('open')
    await canvas.findByText(greetingText)
    await server({ open: 1, requests: 1 })
    await press('Unmount')
    await server({ open: 0, requests: 1 })
  },
}

const greetingText = /^Good \w+\. It is \d\d:\d\d:\d\d\.$/
