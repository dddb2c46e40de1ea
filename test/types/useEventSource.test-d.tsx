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

  it('from the output of a schema', () => {
    const { data } = useSSE({ price: json(z.object({ price: z.coerce.number() })) })
    expectTypeOf(data.price).toEqualTypeOf<{ price: number } | undefined>()
  })

  it('from the type argument, for a list of names', () => {
    const { data } = useEventSource<{ quote: Quote; tick: number }>('/api', ['quote', 'tick'])
    expectTypeOf(data.quote).toEqualTypeOf<Quote | undefined>()
    expectTypeOf(data.tick).toEqualTypeOf<number | undefined>()
    expectTypeOf(useSSE<{ tick: number }>(['tick']).data.tick).toEqualTypeOf<number | undefined>()
  })

  it('as unknown for each name, without a type argument', () => {
    const { data } = useEventSource('/api', ['quote', 'note'])
    expectTypeOf(data).toEqualTypeOf<{ readonly quote: unknown; readonly note: unknown }>()
    // @ts-expect-error -- not one of the names
    void data.quotes
  })

  it('as an empty object without channels', () => {
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

  it('from the channels, with initialData', () => {
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

  it('as a union of decoded events, by the iterator', async () => {
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
    // @ts-expect-error -- undefined before the first event
    void data.quote.price
  })

  it('in a list of names', () => {
    // @ts-expect-error -- not one of the events
    useEventSource<{ quote: Quote }>('/api', ['quotes'])
  })

  it('in a channel', () => {
    // @ts-expect-error -- no such field
    json<Quote>().latestBy((quote) => quote.name)
    // @ts-expect-error -- the reducer must return the type of the initial value
    json<Quote>().reduce((sum, quote) => quote.symbol, 0)
    // @ts-expect-error -- a function is not a channel
    useEventSource('/api', { quote: (data: string) => data })
    // @ts-expect-error -- kept values are readonly
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

  it('in initialData', () => {
    const quote = json<Quote>()
    // @ts-expect-error -- no such field
    useEventSource('/api', { quote }, { initialData: { quote: { symbol: 'ACME', cost: 1 } } })
    // @ts-expect-error -- one value for a channel that keeps a list
    useEventSource(
      '/api',
      { quote: quote.last(5) },
      { initialData: { quote: { symbol: '', price: 1 } } },
    )
    // @ts-expect-error -- a string for a fold that results in a number
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
    // @ts-expect-error -- not the payload of that name
    useEventSource<{ quote: Quote }>('/api', ['quote'], { initialData: { quote: 1 } })
    // @ts-expect-error -- not one of the names
    useEventSource('/api', ['quote'], { initialData: { quotes: 1 } })
  })

  it('in the initialData of a provider, which must be an object but knows no channels', () => {
    void (<SSEProvider url="/api" initialData={{ quote: 1, anything: 'else' }} />)
    // @ts-expect-error -- not an object with channel names as keys
    void (<SSEProvider url="/api" initialData="quote" />)
  })
})

describe('a retry function', () => {
  it('receives the attempt, its error and whether the stream has opened before', () => {
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
  it('is discriminated by status, even when it is destructured', () => {
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

  it('can be passed to a component as a prop', () => {
    const result = useEventSource('/api', { quote: json<Quote>() })
    expectTypeOf(result).toExtend<EventSourceResult<unknown>>()
  })

  it('accepts a string, a URL, or no url', () => {
    useEventSource('/api')
    useEventSource(new URL('https://example.com'))
    useEventSource(null)
    useEventSource(undefined)
    useEventSource(false)
  })
})
