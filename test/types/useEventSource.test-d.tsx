import {
  type EventSourceError,
  type EventSourceResult,
  json,
  SSEProvider,
  text,
  decode,
  useEventSource,
  useSSE,
} from 'use-event-source'
import { events } from 'use-event-source/core'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

interface Quote {
  symbol: string
  price: number
}

describe('data is inferred', () => {
  it('from the channels', () => {
    const { data } = useEventSource('/api', {
      quote: json<Quote>(),
      recent: json<Quote>().from('quote').last(50),
      bySymbol: json<Quote>().latestBy((quote) => quote.symbol),
      total: json<Quote>().reduce((sum, quote) => sum + quote.price, 0),
      alert: json<Quote>().forEach((quote) => void quote.price),
      note: text(),
      size: decode((raw) => raw.length),
      unknown: json(),
    })
    expectTypeOf(data).toEqualTypeOf<{
      readonly quote: Quote | undefined
      readonly recent: readonly Quote[]
      readonly bySymbol: ReadonlyMap<string, Quote>
      readonly total: number
      readonly note: string | undefined
      readonly size: number | undefined
      readonly unknown: unknown
    }>()
  })

  it('from a schema: its output', () => {
    const { data } = useSSE({ price: json(z.object({ price: z.coerce.number() })) })
    expectTypeOf(data.price).toEqualTypeOf<{ price: number } | undefined>()
  })

  it('from the generic with a list of names', () => {
    const { data } = useEventSource<{ quote: Quote; tick: number }>('/api', ['quote', 'tick'])
    expectTypeOf(data.quote).toEqualTypeOf<Quote | undefined>()
    expectTypeOf(data.tick).toEqualTypeOf<number | undefined>()
    expectTypeOf(useSSE<{ tick: number }>(['tick']).data.tick).toEqualTypeOf<number | undefined>()
  })

  it('as unknown by name where names come without a generic', () => {
    const { data } = useEventSource('/api', ['quote', 'note'])
    expectTypeOf(data).toEqualTypeOf<{ readonly quote: unknown; readonly note: unknown }>()
    // @ts-expect-error -- not one of the names
    void data.quotes
  })

  it('as empty where nothing is subscribed to', () => {
    expectTypeOf(useEventSource('/api').data).toEqualTypeOf<{}>()
    expectTypeOf(useSSE().data).toEqualTypeOf<{}>()
  })

  it('from select', () => {
    const prices = json<Quote>().latestBy((quote) => quote.symbol)
    const { data } = useEventSource(
      '/api',
      { quote: prices },
      {
        select: (all) => {
          expectTypeOf(all).toEqualTypeOf<{ readonly quote: ReadonlyMap<string, Quote> }>()
          return all.quote.get('ACME')?.price
        },
        isEqual: (a, b) => {
          expectTypeOf(a).toEqualTypeOf<number | undefined>()
          return a === b
        },
      },
    )
    expectTypeOf(data).toEqualTypeOf<number | undefined>()
  })

  it('from the channels, where something of it is handed over', () => {
    const { data } = useEventSource(
      '/api',
      {
        quote: json<Quote>(),
        recent: json<Quote>().from('quote').last(50),
        bySymbol: json<Quote>().latestBy((quote) => quote.symbol),
        total: json<Quote>().reduce((sum, quote) => sum + quote.price, 0),
        alert: json<Quote>().forEach(() => {}),
        unknown: json(),
      },
      {
        initialData: {
          quote: { symbol: 'ACME', price: 1 },
          recent: [{ symbol: 'ACME', price: 1 }],
          bySymbol: new Map([['ACME', { symbol: 'ACME', price: 1 }]]),
          unknown: 'anything',
        },
      },
    )
    expectTypeOf(data).toEqualTypeOf<{
      readonly quote: Quote | undefined
      readonly recent: readonly Quote[]
      readonly bySymbol: ReadonlyMap<string, Quote>
      readonly total: number
      readonly unknown: unknown
    }>()
    const { data: names } = useEventSource<{ quote: Quote }>('/api', ['quote'], {
      initialData: { quote: { symbol: 'ACME', price: 1 } },
    })
    expectTypeOf(names.quote).toEqualTypeOf<Quote | undefined>()
    const { data: selected } = useSSE(
      { quote: json<Quote>() },
      { initialData: { quote: undefined }, select: ({ quote }) => quote?.price },
    )
    expectTypeOf(selected).toEqualTypeOf<number | undefined>()
  })

  it('as a union of decoded events by the iterator', async () => {
    for await (const event of events('/api', { quote: json<Quote>(), note: text() })) {
      if (event.type === 'quote') expectTypeOf(event.data).toEqualTypeOf<Quote>()
      else
        expectTypeOf(event).toEqualTypeOf<{
          readonly type: 'note'
          readonly data: string
          readonly lastEventId: string
        }>()
    }
  })
})

describe('a wrong name or payload is an error', () => {
  it('in data', () => {
    const { data } = useEventSource('/api', {
      quote: json<Quote>(),
      alert: json().forEach(() => {}),
    })
    // @ts-expect-error -- no such channel
    void data.quotes
    // @ts-expect-error -- forEach keeps nothing
    void data.alert
    // @ts-expect-error -- no such field
    void data.quote?.cost
    // @ts-expect-error -- it may not have come yet
    void data.quote.price
  })

  it('in a list of names', () => {
    // @ts-expect-error -- not one of the events
    useEventSource<{ quote: Quote }>('/api', ['quotes'])
  })

  it('in a channel', () => {
    // @ts-expect-error -- no such field
    json<Quote>().latestBy((quote) => quote.name)
    // @ts-expect-error -- the reducer must return what it keeps
    json<Quote>().reduce((sum, quote) => quote.symbol, 0)
    // @ts-expect-error -- a channel, not a function
    useEventSource('/api', { quote: (data: string) => data })
    // @ts-expect-error -- what is kept is for reading
    useEventSource('/api', { quote: json<Quote>().last(2) }).data.quote.push({})
  })

  it('in the options', () => {
    // @ts-expect-error -- a number of ms, or a word
    useEventSource('/api', {}, { flush: 'never' })
    // @ts-expect-error -- no such option
    useEventSource('/api', {}, { retries: 3 })
    // @ts-expect-error -- not a url
    useEventSource(42)
    // @ts-expect-error -- a number of ms, or false
    useEventSource('/api', {}, { heartbeat: true })
    // @ts-expect-error -- a number of ms, or false
    useEventSource('/api', {}, { connectTimeout: '10s' })
    // @ts-expect-error -- a number of ids
    useEventSource('/api', {}, { dedupe: true })
    useEventSource('/api', {}, { heartbeat: 15_000, connectTimeout: false, dedupe: 5 })
  })

  it('in what is handed over', () => {
    const quote = json<Quote>()
    // @ts-expect-error -- no such field
    useEventSource('/api', { quote }, { initialData: { quote: { symbol: 'ACME', cost: 1 } } })
    // @ts-expect-error -- one, where a list is kept
    useEventSource(
      '/api',
      { quote: quote.last(5) },
      { initialData: { quote: { symbol: '', price: 1 } } },
    )
    // @ts-expect-error -- a number is folded
    useEventSource(
      '/api',
      { quote: quote.reduce((sum) => sum, 0) },
      { initialData: { quote: '1' } },
    )
    // @ts-expect-error -- no such channel
    useEventSource('/api', { quote }, { initialData: { quotes: [] } })
    const alert = json<Quote>().forEach(() => {})
    // @ts-expect-error -- forEach keeps nothing
    useEventSource('/api', { quote, alert }, { initialData: { alert: [] } })
    // @ts-expect-error -- no such field
    useSSE({ quote }, { initialData: { quote: { cost: 1 } } })
    // @ts-expect-error -- not that payload
    useEventSource<{ quote: Quote }>('/api', ['quote'], { initialData: { quote: 1 } })
    // @ts-expect-error -- not one of the names
    useEventSource('/api', ['quote'], { initialData: { quotes: 1 } })
  })

  it('in what a provider hands over, which knows no channels: none but that it is an object', () => {
    void (<SSEProvider url="/api" initialData={{ quote: 1, anything: 'else' }} />)
    // @ts-expect-error -- not an object by the keys of channels
    void (<SSEProvider url="/api" initialData="quote" />)
  })
})

describe('a retry function', () => {
  it('is told of what came before', () => {
    useEventSource(
      '/api',
      {},
      {
        retry(context) {
          expectTypeOf(context.hasOpened).toEqualTypeOf<boolean>()
          expectTypeOf(context.serverRetry).toEqualTypeOf<number | undefined>()
          expectTypeOf(context.error.retryAfter).toEqualTypeOf<number | undefined>()
          return context.attempt < 5 && 1_000
        },
      },
    )
  })
})

describe('the result', () => {
  it('is told apart by status, also when it is destructured', () => {
    const { status, attempt, retryAt, reason, error } = useEventSource('/api')
    if (status === 'reconnecting') {
      expectTypeOf(attempt).toEqualTypeOf<number>()
      expectTypeOf(retryAt).toEqualTypeOf<number | null>()
      expectTypeOf(error).toEqualTypeOf<EventSourceError>()
    } else expectTypeOf(attempt).toEqualTypeOf<0>()
    if (status === 'closed') expectTypeOf(reason).toEqualTypeOf<'done' | 'stopped' | 'failed'>()
    else expectTypeOf(reason).toEqualTypeOf<null>()
    if (reason === 'failed') expectTypeOf(error).toEqualTypeOf<EventSourceError>()
  })

  it('is what a component can take as a prop', () => {
    const result = useEventSource('/api', { quote: json<Quote>() })
    expectTypeOf(result).toExtend<EventSourceResult<unknown>>()
  })

  it('takes any url that can be one, or none', () => {
    useEventSource('/api')
    useEventSource(new URL('https://example.com'))
    useEventSource(null)
    useEventSource(undefined)
    useEventSource(false)
  })
})
