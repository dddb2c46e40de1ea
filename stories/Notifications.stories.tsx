import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, within } from 'storybook/test'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { demo, patiently } from './demo.ts'
import { Notifications } from './Notifications.tsx'
import code from './Notifications.tsx?raw'

const meta = {
  title: 'Notifications',
  args: { every: 2_000, retry: 1_000 },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          'JSON notifications, one in ten of which does not parse. The list stays unchanged, `error` has the raw text, and the next valid event clears it.',
      },
    },
  },
  render: (args) => (
    <Stage feed="notifications" {...args}>
      {(url) => <Notifications url={url} />}
    </Stage>
  ),
} satisfies Meta<StageArgs>

export default meta
type Story = StoryObj<typeof meta>

/** A notification arrives every 2 s. The fourth is truncated. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    await demo({ canvas, userEvent }).status('open')
    await patiently(() => expect(ids(canvas)).toContain(1))
  },
}

/** An event that does not parse affects neither the list nor the connection. */
export const SurvivesBadJson: Story = {
  tags: ['!autodocs'],
  args: { every: 400, retry: 1_000 },
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await patiently(() => expect(ids(canvas)).toEqual([3, 2, 1]))
    const raw = await patiently(() => canvas.getByText(/^Could not decode/))
    expect(raw).toHaveTextContent('Could not decode notification: {"id":4,"level":"info","text":')
    expect(ids(canvas)).toEqual([3, 2, 1])
    await patiently(() => expect(ids(canvas)).toEqual([5, 3, 2, 1]))
    expect(canvas.queryByText(/^Could not decode/)).toBeNull()
    await status('open')
    await server({ open: 1, requests: 1 })
  },
}

function ids(canvas: ReturnType<typeof within>): number[] {
  return within(canvas.getByRole('list', { name: 'Notifications' }))
    .queryAllByRole('listitem')
    .map((item) => Number(item.querySelector('code')?.textContent))
}
