import { InvalidPayloadError, PayloadTooLargeError } from '../errors.ts'
import type { JsonText } from './json.ts'
import { JsonWriter, NotJsonError, TextTooLongError } from './json-writer.ts'

/** Bytes of UTF-8. */
export const maxPayloadBytes = 256 * 1024
export const maxMetaBytes = 16 * 1024

/**
 * The payload as JSON that reads back as the very same value. A property whose value is `undefined` counts as absent.
 *
 * @throws InvalidPayloadError, with the JSON path, for whatever JSON cannot hold or would change: NaN, Infinity,
 * `undefined` elsewhere, BigInt, dates, maps, sets, class instances, sparse arrays, symbols, functions, cycles, more
 * than 100 levels, text with NUL or lone surrogates, names like `__proto__`, and getters and proxies that throw
 * @throws PayloadTooLargeError above 256 KiB of UTF-8
 */
export function encodePayload(type: string, value: unknown): JsonText {
  return encode(value, { type, what: 'payload', limit: maxPayloadBytes })
}

/**
 * The meta object as JSON, by the same rules.
 *
 * @throws InvalidPayloadError also when it is no object
 * @throws PayloadTooLargeError above 16 KiB of UTF-8
 */
export function encodeMeta(type: string, meta: unknown): JsonText {
  const text = encode(meta, { type, what: 'meta', limit: maxMetaBytes })
  if (text.startsWith('{')) return text
  throw new InvalidPayloadError(type, [{ path: 'meta', message: 'must be an object' }])
}

/** The result as JSON, or why it cannot be kept: the work is done, so the job finishes either way. */
export function encodeResult(value: unknown): { readonly text: JsonText | undefined; readonly problem?: string } {
  if (value === undefined) return { text: undefined }
  try {
    return { text: encode(value, { type: '', what: 'result', limit: maxPayloadBytes }) }
  } catch (error) {
    if (PayloadTooLargeError.isInstance(error)) {
      return { text: undefined, problem: `the result is larger than ${error.limit} bytes` }
    }
    const [issue] = (error as InvalidPayloadError).issues
    return { text: undefined, problem: `the result cannot be stored: ${issue?.path}: ${issue?.message}` }
  }
}

/** @throws SyntaxError when a hand changed the stored text into something that is not JSON */
export function decodeJson(text: JsonText): unknown {
  return JSON.parse(text)
}

interface Encoding {
  readonly type: string
  readonly what: 'payload' | 'meta' | 'result'
  readonly limit: number
}

function encode(value: unknown, encoding: Encoding): JsonText {
  const { type, what, limit } = encoding
  const writer = new JsonWriter(limit)
  try {
    const text = writer.write(value)
    const bytes = bytesOf(text, limit)
    if (bytes > limit) throw new PayloadTooLargeError(type, what, bytes, limit)
    return text
  } catch (error) {
    if (PayloadTooLargeError.isInstance(error)) throw error
    if (error instanceof TextTooLongError) throw new PayloadTooLargeError(type, what, undefined, limit)
    const issue =
      error instanceof NotJsonError ? error.issue : { path: writer.path(), message: 'reading it threw an error' }
    const path = what === 'meta' ? issue.path.replace('$', 'meta') : issue.path
    throw new InvalidPayloadError(type, [{ ...issue, path }], error instanceof NotJsonError ? {} : { cause: error })
  }
}

/** UTF-8 needs at most three bytes per UTF-16 unit: small texts need no counting. */
function bytesOf(text: string, limit: number): number {
  return text.length * 3 <= limit ? text.length : new TextEncoder().encode(text).length
}
