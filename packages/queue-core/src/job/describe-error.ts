import { cleanText } from './clean-text.ts'
import type { JsonText } from './stored-job.ts'

/** A thrown value as it is stored: text only, bounded, free of what databases and terminals cannot bear. */
export interface ErrorDescription {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorDescription
  /** The first few of an AggregateError. */
  readonly errors?: readonly ErrorDescription[]
}

/** Bytes of UTF-8. Causes and parts get a quarter. */
const maxMessageBytes = 8 * 1024
const maxStackBytes = 32 * 1024
const maxNameBytes = 128
const maxParts = 4
/** Errors in all: causes of causes and parts of parts included. */
const maxErrors = 8

/** Describes whatever was thrown. Total: nothing that a hostile value does makes it throw. */
export function describeError(thrown: unknown): ErrorDescription {
  return describe(thrown, { left: maxErrors, seen: new Set() })
}

export function encodeError(thrown: unknown): JsonText {
  return JSON.stringify(describeError(thrown))
}

interface Walk {
  left: number
  readonly seen: Set<object>
}

function describe(thrown: unknown, walk: Walk): ErrorDescription {
  const share = walk.left === maxErrors ? 1 : 4
  walk.left -= 1
  if (typeof thrown !== 'object' || thrown === null) {
    return {
      name: thrown === null ? 'null' : typeof thrown,
      message: cleanText(plainText(thrown), maxMessageBytes / share),
    }
  }
  walk.seen.add(thrown)
  const name = textOf(thrown, 'name') ?? classOf(thrown)
  const message = textOf(thrown, 'message') ?? serialised(thrown) ?? 'a thrown object that cannot be read'
  const stack = textOf(thrown, 'stack')
  const code = codeOf(thrown)
  return {
    name: cleanText(name, maxNameBytes),
    message: cleanText(message, maxMessageBytes / share),
    ...(code !== undefined && { code: cleanText(code, maxNameBytes) }),
    ...(stack !== undefined && { stack: cleanText(stack, maxStackBytes / share) }),
    ...causes(thrown, walk),
  }
}

function causes(thrown: object, walk: Walk): Pick<ErrorDescription, 'cause' | 'errors'> {
  const cause = read(thrown, 'cause')
  const described = cause === undefined ? undefined : next(cause, walk)
  const errors = partsOf(thrown).flatMap((part) => next(part, walk) ?? [])
  return { ...(described && { cause: described }), ...(errors.length > 0 && { errors }) }
}

/** Undefined once there were enough, or when the chain comes back to itself. */
function next(thrown: unknown, walk: Walk): ErrorDescription | undefined {
  if (walk.left <= 0 || (typeof thrown === 'object' && thrown !== null && walk.seen.has(thrown))) return undefined
  return describe(thrown, walk)
}

function partsOf(thrown: object): readonly unknown[] {
  try {
    const errors: unknown = read(thrown, 'errors')
    return Array.isArray(errors) ? Array.prototype.slice.call(errors, 0, maxParts) : []
  } catch {
    return []
  }
}

function read(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

function textOf(from: object, key: string): string | undefined {
  const value = read(from, key)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `ECONNREFUSED`, `23505`, 502. */
function codeOf(thrown: object): string | undefined {
  const code = read(thrown, 'code')
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined
}

function classOf(thrown: object): string {
  const constructor = read(thrown, 'constructor')
  const name = typeof constructor === 'function' ? read(constructor, 'name') : undefined
  return typeof name === 'string' && name !== '' ? name : 'object'
}

/** An Error without a message says nothing; another object may say what it holds. */
function serialised(thrown: object): string | undefined {
  try {
    if (thrown instanceof Error) return ''
    return JSON.stringify(thrown)
  } catch {
    return undefined
  }
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return typeof value === 'function' ? 'a function was thrown' : String(value)
  } catch {
    return 'a thrown value that cannot be read'
  }
}
