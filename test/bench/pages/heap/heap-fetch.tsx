import { useEffect } from 'react'
import { json, useEventSource } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import type { Observe } from '../createObserver.ts'
import { runPage } from '../runPage.ts'
import { describe, type Trade } from '../trades.ts'

const options = { transport: fetchTransport() }

function Last({ url, onShow }: { url: string; onShow: Observe }) {
  const { data } = useEventSource(url, { message: json<Trade>().last(100) }, options)
  useEffect(() => {
    const last = data.message.at(-1)
    if (last) onShow(last)
  })
  return <p>{describe(data.message)}</p>
}

runPage(({ url, finish }) => <Last url={url} onShow={finish} />)
