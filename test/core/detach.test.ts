import fc from 'fast-check'
import { it } from 'vitest'
import { detach } from '../../src/core/detach.ts'

// test/fetch/retention.test.ts covers the release of the original string.
it('detach() returns an equal string', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => detach(text) === text))
})
