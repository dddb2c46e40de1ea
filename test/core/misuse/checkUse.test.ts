import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkUse } from '../../../src/core/misuse/checkUse.ts'

const mistake = { heartBeat: 5 } as object

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

describe('checkUse()', () => {
  it('throws in development', () => {
    for (const env of ['development', 'test', '', undefined]) {
      vi.stubEnv('NODE_ENV', env)
      expect(() => checkUse('options', mistake)).toThrow('did you mean `heartbeat`?')
    }
  })

  it('checks nothing in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => checkUse('options', mistake)).not.toThrow()
  })

  it.each([
    ['no `process`', undefined],
    ['a `process` without an environment', {}],
  ])('checks nothing where there is %s, as in a browser without a bundler', (_, process) => {
    vi.stubGlobal('process', process)
    expect(() => checkUse('options', mistake)).not.toThrow()
  })

  it('throws every time', () => {
    for (const _ of [1, 2]) expect(() => checkUse('options', mistake)).toThrow(TypeError)
  })

  it('leaves the exceptions of functions and getters that it calls to those that need the value', () => {
    const option = () => {
      throw new Error('not ready')
    }
    expect(() => checkUse('options', option)).not.toThrow()
  })
})
