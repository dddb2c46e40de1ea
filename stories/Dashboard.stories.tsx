import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, type within } from 'storybook/test'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { Dashboard } from './Dashboard.tsx'
import code from './Dashboard.tsx?raw'
import { demo, patiently } from './demo.ts'

const meta = {
  title: 'Dashboard',
  args: { every: 1_000, retry: 1_000 },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          'Several components under one `<SSEProvider>`, which opens one connection. Each component reads the events that it needs; the badge reads only the state.',
      },
    },
  },
  render: (args) => (
    <Stage feed="shop" {...args}>
      {(url) => <Dashboard url={url} />}
    </Stage>
  ),
} satisfies Meta<StageArgs>

export default meta
type Story = StoryObj<typeof meta>

/** One request serves the visitors, the orders, their sum and the state of the connection. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await status('open')
    await canvas.findByText('Live')
    await patiently(() => expect(tile(canvas, 'Visitors')).toBeGreaterThan(0))
    await server({ open: 1, requests: 1 })
  },
}

/** The badge shows a drop, and the kept values stay. */
export const KeepsItsValuesInADrop: Story = {
  tags: ['!autodocs'],
  args: { every: 200, retry: 600 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await patiently(() => expect(tile(canvas, 'Revenue')).toBeGreaterThan(0))
    await press('Drop')
    await status('reconnecting')
    canvas.getByText('reconnecting', { selector: '.badge' })
    const revenue = tile(canvas, 'Revenue')
    expect(revenue).toBeGreaterThan(0)
    await canvas.findByText('Live')
    await patiently(() => expect(tile(canvas, 'Revenue')).toBeGreaterThan(revenue))
    await server({ open: 1, requests: 2 })
    await press('Unmount')
    await server({ open: 0, requests: 2 })
  },
}

function tile(canvas: ReturnType<typeof within>, label: string): number {
  const text = canvas.getByText(label).parentElement?.querySelector('dd')?.textContent
  return Number(text?.replaceAll(/[^\d.]/g, '') || Number.NaN)
}
