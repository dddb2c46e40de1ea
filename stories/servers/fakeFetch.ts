import { formatEvent } from './feed.ts'
import { type Client, refusals, type Room } from './room.ts'
import { retryDelay } from './rooms.ts'
import { rooms } from './serverControl.ts'

/**
 * Returns a `fetch` that the demo servers answer in the page. Other requests go to the real one.
 */
export function fakeFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href)
    const room = rooms.at(url)
    return room ? request(room, url, init) : fetch(input, init)
  }
}

/**
 * Sends a request to a room. As in a real one, the response comes later, and an abort can come
 * first.
 */
function request(room: Room, url: URL, { headers, body, signal }: RequestInit = {}) {
  const sent = new Headers(headers)
  const encoder = new TextEncoder()
  return new Promise<Response>((resolve, reject) => {
    let stream: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
    const answer = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        stream = controller
      },
    })
    const write = (text: string) => stream?.enqueue(encoder.encode(text))
    const fail = (reason: unknown): void => {
      reject(reason)
      stream?.error(reason)
    }
    const client: Client = {
      open() {
        resolve(new Response(answer, { headers: { 'Content-Type': 'text/event-stream' } }))
        write(`retry: ${retryDelay(url)}\n\n`)
      },
      refuse: (status) => resolve(new Response(refusals[status], { status })),
      send: (events) => write(events.map(formatEvent).join('')),
      end: () => stream?.close(),
      cut: () => fail(new TypeError('network error')),
    }
    const timer = setTimeout(() => {
      room.join(client, {
        lastEventId: sent.get('Last-Event-ID') ?? undefined,
        authorization: sent.get('Authorization') ?? undefined,
        body: typeof body === 'string' ? body : undefined,
      })
    }, 20)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      room.leave(client)
      fail(signal.reason)
    })
  })
}
