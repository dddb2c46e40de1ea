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
          'The smallest stream there is: plain text in unnamed messages. A greeting with the time comes every 5 s.',
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

/** The first greeting is there as soon as the stream is open. Break the server and watch the state below. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await status('open')
    await canvas.findByText(greetingText)
    await server({ open: 1, requests: 1 })
  },
}

/** The browser itself comes back to a server that drops the connection, after the time that the server asks for. */
export const ComesBackAfterADrop: Story = {
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

/** At a 503 the browser gives up. The retry policy does not: each attempt waits longer, and says until when. */
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
    await press('Come back')
    await status('open')
    await server({ mode: 'up', open: 1 })
    await patiently(() => expect(canvas.queryByText(/^network: /)).toBeNull())
  },
}

/** `close()` ends the stream for everybody on it, and `reconnect()` starts it again. */
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

/** When the last component that uses a stream unmounts, the stream is closed: after a second, in case one comes back. */
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
