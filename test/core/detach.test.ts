import fc from 'fast-check'
import { it } from 'vitest'
import { detach } from '../../src/core/detach.ts'

// That it lets go of the whole is shown where chunks are read: test/fetch/retention.test.ts.
it('is the same text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => detach(text) === text))
})
