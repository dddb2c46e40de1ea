import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, type within } from 'storybook/test'
import { Assistant } from './Assistant.tsx'
import code from './Assistant.tsx?raw'
import { Stage, type StageArgs } from './components/Stage.tsx'
import { demo, patiently } from './demo.ts'
import { replyTo } from './servers/assistant.ts'

const meta = {
  title: 'Assistant',
  args: { every: 60, retry: 1_000 },
  parameters: {
    docs: {
      source: { code, language: 'tsx' },
      description: {
        component:
          'A language model over `fetchTransport`: the prompt goes out in a POST, and the words of the answer are put together as they come. A question is asked once, whatever React and the network do.',
      },
    },
  },
  render: (args) => (
    <Stage feed="assistant" {...args}>
      {(url) => <Assistant url={url} />}
    </Stage>
  ),
} satisfies Meta<StageArgs>

export default meta
type Story = StoryObj<typeof meta>
type Played = Parameters<typeof demo>[0] & {
  userEvent: { type(element: Element, text: string): Promise<void> }
}

const prompt = 'What is an event stream?'

/** One request, whatever renders meanwhile, and the server's `[DONE]` ends it. */
export const Live: Story = {
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    await ask({ canvas, userEvent }, prompt)
    await patiently(() => expect(answer(canvas)).toHaveTextContent(/^A stream of/))
    expect(answer(canvas)).toHaveAttribute('aria-busy', 'true')
    // Each key renders the whole chat.
    await userEvent.type(canvas.getByLabelText('Prompt'), 'And then?')
    await status('closed done')
    expect(answer(canvas).textContent).toBe(replyTo(prompt))
    expect(answer(canvas)).toHaveAttribute('aria-busy', 'false')
    await server({ open: 0, requests: 1 })
  },
}

/** Each question is a stream of its own, also where it reads the same. */
export const AsksTheSameAgain: Story = {
  tags: ['!autodocs'],
  args: { every: 20 },
  async play({ canvas, userEvent }) {
    const { status, server } = demo({ canvas, userEvent })
    for (const requests of [1, 2]) {
      await ask({ canvas, userEvent }, prompt)
      await status('closed done')
      await server({ open: 0, requests })
    }
    const answers = canvas.getAllByRole('article', { name: prompt })
    expect(answers).toHaveLength(2)
    for (const article of answers) expect(article).toHaveTextContent('the whole format.')
  },
}

/** Stop is `close()`: the words that have come stay, and the server need not go on. */
export const StopsHalfway: Story = {
  tags: ['!autodocs'],
  args: { every: 100 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await ask({ canvas, userEvent }, prompt)
    await patiently(() => expect(answer(canvas)).toHaveTextContent(/^A stream of/))
    await server({ open: 1, requests: 1 })
    await press('Stop')
    await status('closed stopped')
    await server({ open: 0, requests: 1 })
    const said = answer(canvas).textContent ?? ''
    expect(said.length).toBeLessThan(replyTo(prompt).length)
    expect(replyTo(prompt).startsWith(said)).toBe(true)
    await ask({ canvas, userEvent }, 'Go on')
    await server({ open: 1, requests: 2 })
  },
}

/** A stream that is cut is not asked for again: the answer would be another one. */
export const SaysThatItWasCutOff: Story = {
  tags: ['!autodocs'],
  args: { every: 100, retry: 100 },
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await ask({ canvas, userEvent }, prompt)
    await patiently(() => expect(answer(canvas)).toHaveTextContent(/^A stream of/))
    await press('Drop')
    await status('closed failed')
    expect(answer(canvas)).toHaveTextContent(/^A stream of .*\(cut off\)$/)
    canvas.getByText(/^network: /)
    // With the next question, the server has had two requests and not three.
    await ask({ canvas, userEvent }, 'And now?')
    await server({ open: 1, requests: 2 })
  },
}

/** What the server answers in place of a stream is on the error: its status, and its words. */
export const SaysWhyItWasRefused: Story = {
  tags: ['!autodocs'],
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await press('401')
    await ask({ canvas, userEvent }, prompt)
    await status('closed failed')
    canvas.getByText('http: The server answered with status 401. It says: That token has expired')
    await press('503')
    await ask({ canvas, userEvent }, 'Is it better now?')
    await canvas.findByText(/status 503\. It says: Out for lunch$/)
    await press('Come back')
    await ask({ canvas, userEvent }, prompt)
    await status('closed done')
    await server({ open: 0, requests: 3 })
  },
}

async function ask({ canvas, userEvent }: Played, prompt: string): Promise<void> {
  await userEvent.type(canvas.getByLabelText('Prompt'), prompt)
  await userEvent.click(canvas.getByRole('button', { name: 'Send' }))
}

function answer(canvas: ReturnType<typeof within>): HTMLElement {
  const element = canvas.getByRole('article', { name: prompt }).querySelector('.answer')
  if (!(element instanceof HTMLElement)) throw new Error('There is no answer')
  return element
}
