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
          'A language model over `fetchTransport`: a POST sends the prompt, and the words of the answer are joined as they arrive. Each question is sent once, even when components render again or the connection is lost.',
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

/**
 * Renders during the answer do not repeat the request, and the server's `[DONE]` ends the stream.
 */
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

/** Each question is a stream of its own, even when its text is the same. */
export const AsksTheSameQuestionAgain: Story = {
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

/** Stop calls `close()`: the words received so far stay, and the server can stop generating. */
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

/** A request whose stream is cut is not repeated, since its answer would be a different one. */
export const ShowsThatItWasCutOff: Story = {
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
    // The next question is the second request: the one that was cut has not been repeated.
    await ask({ canvas, userEvent }, 'And now?')
    await server({ open: 1, requests: 2 })
  },
}

/** When the server refuses a request, the error has the status and the body of its response. */
export const ShowsWhyItWasRefused: Story = {
  tags: ['!autodocs'],
  async play({ canvas, userEvent }) {
    const { press, status, server } = demo({ canvas, userEvent })
    await press('401')
    await ask({ canvas, userEvent }, prompt)
    await status('closed failed')
    canvas.getByText('http: The server answered with status 401. Response: That token has expired')
    await press('503')
    await ask({ canvas, userEvent }, 'Is it better now?')
    await canvas.findByText(/status 503\. Response: Out for lunch$/)
    await press('Restore')
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
