import express, { type Express, type Request, type Response } from 'express'
import { formatEvent } from './feed.ts'
import type { Client, Command, RoomState } from './room.ts'
import { createRooms, MOUNT, retryDelay } from './rooms.ts'

/**
 * The demo servers as one Express app, to be mounted at `MOUNT`.
 *
 * - `GET /sse/greeting?room=…` is the stream.
 * - `GET /sse/greeting/state?room=…` says what that server is doing.
 * - `POST /sse/greeting/drop?room=…` (also `refuse`, with `&times=3`, `stall`, `restore`) breaks or mends it.
 */
export function createLiveServers(onChange: (key: string, state: RoomState) => void): Express {
  const rooms = createRooms((key, room) => onChange(key, room.state()))
  const app = express().disable('x-powered-by').disable('etag')

  app.get('/:feed', (req, res) => {
    const url = streamUrl(req)
    const room = rooms.at(url)
    if (!room) return void res.sendStatus(404)
    const client = httpClient(res, retryDelay(url))
    // The socket's event, since the response may never be written to while the server stalls.
    req.socket.once('close', () => room.leave(client))
    // A new EventSource cannot send the header, so its last id may come in the url.
    room.join(client, req.get('Last-Event-ID') ?? url.searchParams.get('lastEventId') ?? undefined)
  })

  app.get('/:feed/state', (req, res) => {
    const room = rooms.at(streamUrl(req))
    if (room) res.set('Cache-Control', 'no-store').json(room.state())
    else res.sendStatus(404)
  })

  app.post('/:feed/:command', (req, res) => {
    const room = rooms.at(streamUrl(req))
    const command = commandOf(req.params.command, req.query['times'])
    if (!room || !command) return void res.sendStatus(404)
    room.act(command)
    res.set('Cache-Control', 'no-store').json(room.state())
  })

  return app
}

function httpClient(res: Response, retry: number): Client {
  return {
    open() {
      res.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      })
      // Storybook's server compresses a response whose first write is 1 KiB or more, and then
      // holds it back: the first write is this short one.
      res.write(`retry: ${retry}\n\n`)
    },
    refuse() {
      res.status(503).set('Cache-Control', 'no-store').type('text').send('Out for lunch\n')
    },
    send(events) {
      res.write(events.map(formatEvent).join(''))
    },
    cut() {
      res.socket?.destroy()
    },
  }
}

function streamUrl(req: Request): URL {
  return new URL(
    `${MOUNT}/${req.params['feed']}${req.url.replace(/^[^?]*/, '')}`,
    'http://localhost',
  )
}

function commandOf(name: string, times: unknown): Command | undefined {
  if (name === 'refuse') return times ? { do: name, times: Number(times) } : { do: name }
  if (name === 'drop' || name === 'stall' || name === 'restore') return { do: name }
  return undefined
}
