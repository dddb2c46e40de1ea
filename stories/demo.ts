import { expect, waitFor, within } from 'storybook/test'
import type { RoomState } from './servers/room.ts'
import { serverState } from './servers/serverControl.ts'

type Played = {
  canvas: ReturnType<typeof within>
  userEvent: { click(element: Element): Promise<void> }
}

/** Returns the actions and checks that a play function uses on a story in its `Stage`. */
export function demo({ canvas, userEvent }: Played) {
  return {
    /** Presses the button with this name. */
    press: (name: string) => userEvent.click(canvas.getByRole('button', { name })),

    /** Waits until the panel shows this state of the connection. */
    async status(text: string | RegExp): Promise<void> {
      await patiently(() => {
        const panel = canvas.getByRole('region', { name: 'Connection' })
        expect(within(panel).getByRole('status')).toHaveTextContent(text)
      })
    },

    /** Waits until the server reports this state. */
    async server(expected: Partial<RoomState>): Promise<void> {
      const url = canvas.getByRole('region', { name: 'Server' }).dataset['url'] ?? ''
      await patiently(async () => expect(await serverState(url)).toMatchObject(expected))
    },
  }
}

/** Repeats an assertion until it passes. The timeout leaves time for a reconnect or two. */
export function patiently<T>(assertion: () => T | Promise<T>): Promise<T> {
  return waitFor(assertion, { timeout: 8_000 })
}
