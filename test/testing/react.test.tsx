import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import {
  Component,
  type ReactNode,
  StrictMode,
  startTransition,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'

// Components that use `EventSource` directly: the mock also works without this library.

const realm = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined }
const consoleError = vi.spyOn(console, 'error')

beforeEach(() => installMockEventSource())

// Hooks run in reverse order.
afterEach(() => {
  delete realm.IS_REACT_ACT_ENVIRONMENT
  consoleError.mockReset()
})

afterEach(() => {
  cleanup()
  expectNoOpenConnections()
  assertQuiet()
})

/** Expects that React has logged no warning. */
function assertQuiet(): void {
  expect(consoleError.mock.calls).toEqual([])
}

/** Shows the latest message of its stream. */
function Latest() {
  const [data, setData] = useState('nothing')
  useEffect(() => {
    const source = new EventSource('/stream')
    source.onmessage = (event: MessageEvent<string>) => setData(event.data)
    return () => source.close()
  }, [])
  return <p>{`latest: ${data}`}</p>
}

const environments: Array<[string, boolean | undefined]> = [
  ['with act() required, as by Testing Library in a runner with globals', true],
  ['with the variable undefined, as by Testing Library in other runners', undefined],
]

describe.each(environments)('%s', (_, environment) => {
  beforeEach(() => {
    realm.IS_REACT_ACT_ENVIRONMENT = environment
  })

  it('renders state set by a listener before the control returns', () => {
    render(<Latest />)
    const source = MockEventSource.latest('/stream')
    source.open()
    source.emit('message', 'one')
    expect(screen.getByText('latest: one')).toBeTruthy()
    source.emit('message', 'two')
    expect(screen.getByText('latest: two')).toBeTruthy()
  })

  it('renders an external store before each control returns', () => {
    const source = new MockEventSource('/state')
    const { container } = render(<ReadyState source={source} />)
    expect(container.textContent).toBe('0')
    source.open()
    expect(container.textContent).toBe('1')
    source.drop()
    expect(container.textContent).toBe('0')
    source.fail()
    expect(container.textContent).toBe('2')
  })

  it('finishes transitions and effects', () => {
    const effect = vi.fn<(data: string) => void>()
    function Slow() {
      const [data, setData] = useState('nothing')
      useEffect(() => {
        const source = new EventSource('/stream')
        source.onmessage = ({ data }) => startTransition(() => setData(data))
        return () => source.close()
      }, [])
      useEffect(() => effect(data), [data])
      return <p>{data}</p>
    }
    render(<Slow />)
    MockEventSource.latest().open()
    MockEventSource.latest().emit('message', 'slow')
    expect(screen.getByText('slow')).toBeTruthy()
    expect(effect).toHaveBeenLastCalledWith('slow')
  })

  it('works in StrictMode, on the remaining connection', () => {
    render(<Latest />, { wrapper: StrictMode })
    expect(MockEventSource.instances.map((source) => source.readyState)).toEqual([2, 0])
    MockEventSource.latest().open()
    MockEventSource.latest().emit('message', 'strict')
    expect(screen.getByText('latest: strict')).toBeTruthy()
  })

  it('works with fake timers, and leaves no timer', () => {
    vi.useFakeTimers()
    render(<Latest />)
    const timers = vi.getTimerCount()
    MockEventSource.latest().open()
    MockEventSource.latest().emit('message', 'fake')
    expect(screen.getByText('latest: fake')).toBeTruthy()
    expect(vi.getTimerCount()).toBe(timers)
    vi.useRealTimers()
  })

  it('works in a handler of an event that Testing Library fires', () => {
    function Button() {
      return (
        <button type="button" onClick={() => MockEventSource.latest().emit('message', 'clicked')}>
          emit
        </button>
      )
    }
    render(
      <>
        <Latest />
        <Button />
      </>,
    )
    MockEventSource.latest().open()
    fireEvent.click(screen.getByText('emit'))
    expect(screen.getByText('latest: clicked')).toBeTruthy()
  })

  it('works inside act(), and renders a burst once', () => {
    const rendered: string[] = []
    function Burst() {
      const [data, setData] = useState(0)
      useEffect(() => {
        const source = new EventSource('/stream')
        source.onmessage = () => setData((count) => count + 1)
        return () => source.close()
      }, [])
      useEffect(() => {
        rendered.push(`${data}`)
      }, [data])
      return null
    }
    render(<Burst />)
    const source = MockEventSource.latest()
    source.open()
    act(() => {
      for (let i = 0; i < 2_000; i++) source.emit('message', i)
    })
    expect(rendered).toEqual(['0', '2000'])
  })

  it('works inside an async act()', async () => {
    render(<Latest />)
    await act(async () => {
      MockEventSource.latest().open()
      await Promise.resolve()
      MockEventSource.latest().emit('message', 'later')
    })
    expect(screen.getByText('latest: later')).toBeTruthy()
  })

  it('works in a timer while findBy waits', async () => {
    render(<Latest />)
    setTimeout(() => {
      MockEventSource.latest().open()
      MockEventSource.latest().emit('message', 'found')
    })
    expect(await screen.findByText('latest: found')).toBeTruthy()
  })

  it('runs a control called in an effect after the commit', () => {
    function Answer() {
      const [data, setData] = useState('nothing')
      useEffect(() => {
        const source = new EventSource('/stream')
        source.addEventListener('ask', () => setData('asked'))
        source.addEventListener('answer', () => setData('answered'))
        return () => source.close()
      }, [])
      useEffect(() => {
        if (data === 'asked') MockEventSource.latest().emit('answer')
      }, [data])
      return <p>{data}</p>
    }
    render(<Answer />)
    MockEventSource.latest().open()
    MockEventSource.latest().emit('ask')
    expect(screen.getByText('answered')).toBeTruthy()
  })

  it('rethrows the error of a component that renders, and works afterwards', () => {
    const restore = silence()
    function Fragile() {
      const [data, setData] = useState('')
      useEffect(() => {
        const source = new EventSource('/fragile')
        source.onmessage = (event) => setData(event.data)
        return () => source.close()
      }, [])
      if (data === 'break') throw new Error('broken')
      return <p>{`fragile: ${data}`}</p>
    }
    const { unmount } = render(<Fragile />)
    const source = MockEventSource.latest()
    source.open()
    expect(() => source.emit('message', 'break')).toThrow('broken')
    expect(realm.IS_REACT_ACT_ENVIRONMENT).toBe(environment)
    unmount()

    render(<Latest />)
    MockEventSource.latest().open()
    MockEventSource.latest().emit('message', 'again')
    expect(screen.getByText('latest: again')).toBeTruthy()
    restore()
  })

  it('leaves the error of a component to an error boundary', () => {
    const restore = silence()
    render(
      <Boundary>
        <Thrower />
      </Boundary>,
    )
    MockEventSource.latest().fail()
    expect(screen.getByText('caught: failed')).toBeTruthy()
    restore()
  })

  it('restores the variable, after an error too', () => {
    render(<Latest />)
    MockEventSource.latest().open()
    expect(realm.IS_REACT_ACT_ENVIRONMENT).toBe(environment)
    expect(() => MockEventSource.latest().open()).toThrow('open already')
    expect(realm.IS_REACT_ACT_ENVIRONMENT).toBe(environment)
  })

  it('does not stop React from rendering by itself after misuse', async () => {
    render(<Latest />)
    const source = MockEventSource.latest()
    expect(() => source.emit('message', 'early')).toThrow('call open()')
    realm.IS_REACT_ACT_ENVIRONMENT = false
    source.dispatchEvent(new MessageEvent('message', { data: 'fine' }))
    await vi.waitFor(() => expect(screen.getByText('latest: fine')).toBeTruthy())
  })
})

describe('in an app without act()', () => {
  it('lets React render on its own schedule', async () => {
    const { container, root } = mount(<Latest />)
    await vi.waitFor(() => MockEventSource.latest())
    MockEventSource.latest().open()
    MockEventSource.latest().emit('message', 'app')
    expect(container.textContent).toBe('latest: nothing')
    await vi.waitFor(() => expect(container.textContent).toBe('latest: app'))
    expect('IS_REACT_ACT_ENVIRONMENT' in realm).toBe(false)
    root.unmount()
    await vi.waitFor(expectNoOpenConnections)
  })

  it('can be controlled in an effect', async () => {
    function Server() {
      useEffect(() => {
        MockEventSource.latest().open()
        MockEventSource.latest().emit('message', 'from an effect')
      }, [])
      return null
    }
    const { container, root } = mount(
      <>
        <Latest />
        <Server />
      </>,
    )
    await vi.waitFor(() => expect(container.textContent).toBe('latest: from an effect'))
    root.unmount()
    await vi.waitFor(expectNoOpenConnections)
  })
})

it('lets React render on its own schedule while act() is switched off', async () => {
  const { container } = render(<Latest />)
  MockEventSource.latest().open()
  realm.IS_REACT_ACT_ENVIRONMENT = false
  MockEventSource.latest().emit('message', 'off')
  expect(container.textContent).toBe('latest: nothing')
  expect(realm.IS_REACT_ACT_ENVIRONMENT).toBe(false)
  await vi.waitFor(() => expect(container.textContent).toBe('latest: off'))
})

/** Shows `readyState`, as an external store. */
function ReadyState({ source }: { source: EventSource }) {
  const [subscribe] = useState(() => (listener: () => void) => {
    source.addEventListener('open', listener)
    source.addEventListener('error', listener)
    return () => {
      source.removeEventListener('open', listener)
      source.removeEventListener('error', listener)
    }
  })
  return <>{useSyncExternalStore(subscribe, () => source.readyState)}</>
}

/** Throws when its connection fails. */
function Thrower() {
  const [isFailed, setFailed] = useState(false)
  useEffect(() => {
    const source = new EventSource('/stream')
    source.onerror = () => setFailed(true)
    return () => source.close()
  }, [])
  if (isFailed) throw new Error('failed')
  return null
}

class Boundary extends Component<{ children: ReactNode }> {
  override state = { message: '' }
  static getDerivedStateFromError({ message }: Error) {
    return { message }
  }
  override render() {
    return this.state.message ? <p>{`caught: ${this.state.message}`}</p> : this.props.children
  }
}

/** Renders without Testing Library, as an app does. */
function mount(children: ReactNode) {
  const container = document.createElement('div')
  const root = createRoot(container)
  root.render(children)
  return { container, root }
}

/** Silences intended errors. React logs them, and React 18 also fires `error` on the window. */
function silence(): () => void {
  const ignore = (event: ErrorEvent): void => event.preventDefault()
  addEventListener('error', ignore)
  consoleError.mockImplementation(() => {})
  return () => {
    removeEventListener('error', ignore)
    consoleError.mockReset()
  }
}
