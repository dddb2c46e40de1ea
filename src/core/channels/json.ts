import { EventSourceError } from '../errors.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import { createDecoder, type Decoder } from './channel.ts'
import type { InferOutput, StandardSchema } from './standardSchema.ts'

/**
 * A channel of JSON. Data that is not JSON leaves the previous value in place; `error` says what
 * came, `type: 'decode'`.
 *
 * `json<T>()` trusts the server, and is the same object each time.
 */
export function json<T = unknown>(): Decoder<T>
/**
 * A channel of JSON that is validated by a Standard Schema, and has the schema's output as its value.
 * What does not match leaves the previous value in place; `error` says what came,
 * `type: 'validation'`, with the schema's issues as `cause`. A schema that validates asynchronously
 * can't be used, since events would overtake each other.
 *
 * For one schema it is the same object each time.
 */
export function json<Schema extends StandardSchema>(schema: Schema): Decoder<InferOutput<Schema>>
export function json(schema?: StandardSchema): Decoder<unknown> {
  if (!schema) return trusting
  return getOrCreate(validating, schema, () =>
    createDecoder('schema', (event) => validate(schema, event)),
  )
}

const trusting = /*#__PURE__*/ createDecoder<unknown>('json', parse)
const validating = /*#__PURE__*/ new WeakMap<StandardSchema, Decoder<unknown>>()

function parse({ parsed, data }: ServerSentEvent): unknown {
  return parsed === undefined ? JSON.parse(data) : parsed
}

function validate(schema: StandardSchema, event: ServerSentEvent): unknown {
  const result = schema['~standard'].validate(parse(event))
  // What comes of it is not waited for; a rejection is nobody's.
  if ('then' in result) result.then(undefined, () => {})
  const issues = 'then' in result ? [{ message: 'the schema is asynchronous' }] : result.issues
  if (!issues) return (result as { readonly value: unknown }).value
  const why = issues.map((issue) => issue.message).join('; ')
  throw new EventSourceError('validation', why, { cause: issues })
}
