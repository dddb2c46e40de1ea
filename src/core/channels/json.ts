import { EventSourceError } from '../errors.ts'
import { getOrCreate } from '../getOrCreate.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import { createDecoder, type Decoder, NO_VALUE } from './channel.ts'
import type { InferOutput, SchemaIssue, StandardSchema } from './standardSchema.ts'

/**
 * Decodes events as JSON. The type `T` is not checked at runtime. If the data is not JSON, the previous
 * value stays, and `error` is an error of type `'decode'`. An event with empty data has no effect on the
 * channel, because some servers send one to keep the connection alive: it is neither a value nor an
 * error, and still counts as activity for the `heartbeat`.
 *
 * Returns the same decoder each time.
 */
export function json<T = unknown>(): Decoder<T>
/**
 * Decodes events as JSON and validates them with a Standard Schema; the value is the schema's output.
 * If the data does not match, the previous value stays, and `error` is an error of type `'validation'`,
 * whose message has the path of each issue, with the schema's issues as `cause`. An event with empty
 * data has no effect, as with `json()`. The schema must validate synchronously, because asynchronous
 * results could arrive out of order.
 *
 * Returns the same decoder each time it is called with the same schema.
 *
 * @throws {TypeError} in development, if `schema` is not a Standard Schema
 */
export function json<Schema extends StandardSchema>(schema: Schema): Decoder<InferOutput<Schema>>
export function json(schema?: StandardSchema): Decoder<unknown> {
  checkUse('schema', schema)
  if (!schema) return unvalidated
  return getOrCreate(validated, schema, () =>
    createDecoder('schema', (event) => validate(schema, event)),
  )
}

const unvalidated = /*#__PURE__*/ createDecoder<unknown>('json', parse)
const validated = /*#__PURE__*/ new WeakMap<StandardSchema, Decoder<unknown>>()

function parse({ parsed, data }: ServerSentEvent): unknown {
  if (parsed !== undefined) return parsed
  return data ? JSON.parse(data) : NO_VALUE
}

function validate(schema: StandardSchema, event: ServerSentEvent): unknown {
  const parsed = parse(event)
  if (parsed === NO_VALUE) return parsed
  const result: AnyResult = schema['~standard'].validate(parsed)
  const { value, issues = result.then && [{ message: 'the schema is asynchronous' }] } = result
  if (!issues) return value
  // An asynchronous result is not used, so its rejection is ignored.
  result.then?.(undefined, () => {})
  throw new EventSourceError('validation', issues.map(describe).join('; '), { cause: issues })
}

type AnyResult = Partial<Promise<unknown>> & {
  readonly value?: unknown
  readonly issues?: readonly SchemaIssue[] | undefined
}

/** Returns the message of an issue, after its path if it has one: `bid.amount: expected number`. */
function describe({ path = [], message }: SchemaIssue): string {
  // `String` converts symbols, which `join` does not.
  const keys = path.map((segment) => String((segment as { key?: PropertyKey }).key ?? segment))
  return (keys.length ? `${keys.join('.')}: ` : '') + message
}
