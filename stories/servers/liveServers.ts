import express, { type Express, type Request, type Response } from 'express'
import { formatEvent } from './feed.ts'
import { type Client, type Command, refusals, type RoomState } from './room.ts'
import { createRooms, MOUNT, retryDelay } from './rooms.ts'

/**
 * Creates an Express app with the demo servers, for mounting at `MOUNT`.
 *
 * - `GET /sse/greeting?room=…`, or `POST` with any body, answers with the stream.
 * - `GET /sse/greeting/state?room=…` answers with the state of that server.
 * - `POST /sse/greeting/drop?room=…` (also `end`, `refuse` with `&times=3`, `expire`, `stall`,
 *   `restore`) breaks or restores the server.
 */
export function createLiveServers(onChange: (key: string, state: RoomState) => void): Express {
  const rooms = createRooms((key, room) => onChange(key, room.state()))
  const app = express().disable('x-powered-by').disable('etag')

  app
    .route('/:feed')
    .get(join)
    .post(express.text({ type: () => true }), join)

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

  function join(req: Request, res: Response): void {
    const url = streamUrl(req)
    const room = rooms.at(url)
    if (!room) return void res.sendStatus(404)
    const client = httpClient(res, retryDelay(url))
    // A stalled server may never write to the response, so the socket's event reports the loss.
    const leave = () => room.leave(client)
    req.socket.once('close', leave)
    // The socket may serve other requests after this one.
    res.once('finish', () => req.socket.off('close', leave))
    // A new EventSource cannot send the header, so its last id may come in the url.
    const lastEventId = req.get('Last-Event-ID') ?? url.searchParams.get('lastEventId') ?? undefined
    room.join(client, { lastEventId, authorization: req.get('Authorization'), body: req.body })
  }
}

function httpClient(res: Response, retry: number): Client {
  return {
    open() {
      res.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      })
      // Storybook's server compresses, and so buffers, a response whose first write is 1 KiB or
      // more. This short first write avoids that.
      res.write(`retry: ${retry}\n\n`)
    },
    refuse(status) {
      res.status(status).set('Cache-Control', 'no-store').type('text').send(refusals[status])
    },
    send(events) {
      res.write(events.map(formatEvent).join(''))
    },
    end() {
      res.end()
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
  return simple.find((command) => command.do === name)
}

const simple: readonly Command[] = [
  { do: 'drop' },
  { do: 'end' },
  { do: 'expire' },
  { do: 'stall' },
  { do: 'restore' },
]
