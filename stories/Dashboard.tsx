import { json, SSEProvider, useSSE } from 'use-event-source'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'

type Order = { id: number; item: string; total: number }

// A module constant, so that every component that uses the channel reads the same sum.
const revenue = json<Order>()
  .from('order')
  .reduce((sum, order) => sum + order.total, 0)

export function Dashboard({ url }: { url: string }) {
  return (
    <SSEProvider url={url}>
      <header className="title">
        <h3>Shop</h3>
        <StatusBadge />
      </header>
      <div className="tiles">
        <Visitors />
        <Revenue />
      </div>
      <Orders />
      <Connection />
    </SSEProvider>
  )
}

function Visitors() {
  const { data } = useSSE({ visitors: json<number>() })
  return (
    <dl className="tile">
      <dt>Visitors</dt>
      <dd>{data.visitors ?? '–'}</dd>
    </dl>
  )
}

function Revenue() {
  const { data } = useSSE({ revenue })
  return (
    <dl className="tile">
      <dt>Revenue</dt>
      <dd>{euros.format(data.revenue)}</dd>
    </dl>
  )
}

function Orders() {
  const { data } = useSSE({ order: json<Order>().last(5) })
  return (
    <ol className="orders" aria-label="Latest orders">
      {data.order.map(({ id, item, total }) => (
        <li key={id}>
          <code>{id}</code>
          <span>{item}</span>
          <span>{euros.format(total)}</span>
        </li>
      ))}
    </ol>
  )
}

// Without channels the component renders only when the state of the connection changes.
function StatusBadge() {
  const { status } = useSSE()
  return (
    <span className="badge" data-status={status}>
      {status === 'open' ? 'Live' : status}
    </span>
  )
}

function Connection() {
  const { data: _, ...connection } = useSSE()
  return <ConnectionPanel {...connection} />
}

const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })
