import { json, useEventSource } from 'use-event-source'
import type { EventSourceOptions } from 'use-event-source/core'
import type { Observe } from '../createObserver.ts'
import { runPage } from '../runPage.ts'
import { describe, KEPT, type Trade } from '../trades.ts'

/** Runs typical code of users: each component calls the hook, and one also observes each event. */
export function runOurs(options: EventSourceOptions): void {
  runPage(({ url, components, observe }) => (
    <>
      <First url={url} onTrade={observe()} options={options} />
      {Array.from({ length: components - 1 }, (_, index) => (
        <Other key={index} url={url} options={options} />
      ))}
    </>
  ))
}

interface OtherProps {
  url: string
  options: EventSourceOptions
}

function Other({ url, options }: OtherProps) {
  const { data } = useEventSource(url, { message: json<Trade>().last(KEPT) }, options)
  return <p>{describe(data.message)}</p>
}

function First({ url, options, onTrade }: OtherProps & { onTrade: Observe }) {
  const { data } = useEventSource(
    url,
    { message: json<Trade>().last(KEPT), seen: json<Trade>().from('message').forEach(onTrade) },
    options,
  )
  return <p>{describe(data.message)}</p>
}
