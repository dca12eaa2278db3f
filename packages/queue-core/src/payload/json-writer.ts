import type { PayloadIssue } from '../errors.ts'
import { jsonPath } from './json-path.ts'

/** How deep objects and arrays may nest. A limit of our own: the engine's would be a stack overflow. */
export const maxDepth = 100

/** A value JSON would change or cannot hold; says where it is. */
export class NotJsonError extends Error {
  readonly issue: PayloadIssue
  constructor(issue: PayloadIssue) {
    super(`${issue.path}: ${issue.message}`)
    this.issue = issue
  }
}

/** Thrown when writing is given up: the text would be over the limit, whatever else it holds. */
export class TextTooLongError extends Error {}

/** A text with this many times its limit in characters is given up; up to there its exact size is told. */
const exactUpTo = 16

/** Names that turn into something else when a payload is merged into an object. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

// Most text is written between quotes as it is; only what matches is looked at closely.
// eslint-disable-next-line no-control-regex -- JSON escapes control characters
const needsCare = /["\\\u0000-\u001f\ud800-\udfff]/
// eslint-disable-next-line no-control-regex -- PostgreSQL stores no NUL; with the flag u, surrogates match alone only
const notStorable = /[\u0000\ud800-\udfff]/u

/**
 * Writes a value as JSON that reads back as the same value, or throws. JSON.stringify drops and changes values without
 * a word; and since a proxy may answer differently when asked twice, checking first and stringifying then would prove
 * nothing. So every value is read exactly once.
 */
export class JsonWriter {
  readonly #maxBytes: number
  /** The objects around the present value, and the keys that lead to it. */
  readonly #around: object[] = []
  readonly #keys: PropertyKey[] = []
  #depth = 0
  #values = 0
  #characters = 0

  /** A text of more than `maxBytes` may be given up or returned; one that fits is returned. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** @throws NotJsonError, TextTooLongError, or whatever a getter or proxy throws */
  write(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return this.#string(value)
      case 'number':
        return this.#number(value)
      case 'boolean':
        return value ? 'true' : 'false'
      case 'object':
        return value === null ? 'null' : this.#object(value)
      default:
        return this.#refuse(value === undefined ? 'undefined is not JSON' : `a ${typeof value} is not JSON`)
    }
  }

  /** The path of the value being written. */
  path(): string {
    return jsonPath(this.#keys.slice(0, this.#depth))
  }

  #number(value: number): string {
    if (!Number.isFinite(value)) this.#refuse(`${value} is not JSON`)
    return value === 0 && Object.is(value, -0) ? '-0' : `${value}`
  }

  #string(value: string): string {
    this.#characters += value.length
    if (this.#characters > this.#maxBytes * exactUpTo) throw new TextTooLongError()
    if (!needsCare.test(value)) return `"${value}"`
    if (notStorable.test(value)) this.#refuse('text with NUL or a lone surrogate cannot be stored')
    return JSON.stringify(value)
  }

  #object(value: object): string {
    if (this.#around.lastIndexOf(value, this.#depth) !== -1) this.#refuse('the value contains itself')
    if (this.#depth >= maxDepth) this.#refuse(`nested deeper than ${maxDepth} levels`)
    this.#around[this.#depth] = value
    this.#depth += 1
    const text = Array.isArray(value) ? this.#array(value) : this.#record(value as Record<string, unknown>)
    this.#depth -= 1
    this.#around.length = this.#depth
    return text
  }

  #array(value: readonly unknown[]): string {
    if (!isArrayPrototype(Object.getPrototypeOf(value))) this.#refuseHere(`${className(value)} is not a plain array`)
    const { length } = value
    this.#count(length)
    let text = '['
    for (let index = 0; index < length; index += 1) {
      this.#keys[this.#depth - 1] = index
      const item = value[index]
      if (item === undefined && !Object.hasOwn(value, index)) this.#refuse('a hole in an array is not JSON')
      text += index === 0 ? this.write(item) : `,${this.write(item)}`
    }
    if (Object.keys(value).length !== length || Object.getOwnPropertySymbols(value).length > 0) {
      this.#refuseHere('an array with properties is not JSON')
    }
    return `${text}]`
  }

  #record(value: Record<string, unknown>): string {
    if (!isPlainPrototype(Object.getPrototypeOf(value))) this.#refuseHere(`${className(value)} is not a plain object`)
    const keys = Object.keys(value)
    this.#count(keys.length)
    // Two calls, because V8 answers them from a cache; Reflect.ownKeys costs ten times as much.
    if (Object.getOwnPropertyNames(value).length !== keys.length || Object.getOwnPropertySymbols(value).length > 0) {
      this.#refuseHere('symbol and hidden properties are not JSON')
    }
    let text = '{'
    for (const key of keys) {
      this.#keys[this.#depth - 1] = key
      const property = value[key]
      if (property === undefined) continue
      if (forbiddenKeys.has(key)) this.#refuse(`"${key}" is not allowed as a name`)
      text += `${text === '{' ? '' : ','}${this.#string(key)}:${this.write(property)}`
    }
    return `${text}}`
  }

  /** A value takes a byte and what parts it from the next another: a million of them need not be written out. */
  #count(values: number): void {
    this.#values += values
    if (this.#values * 2 > this.#maxBytes) throw new TextTooLongError()
  }

  #refuse(message: string): never {
    throw new NotJsonError({ path: this.path(), message })
  }

  /** Refuses the object or array itself rather than what is in it. */
  #refuseHere(message: string): never {
    this.#depth -= 1
    return this.#refuse(message)
  }
}

/** Plain also in another realm (a vm context, a test runner's sandbox): a chain of one, made by the engine. */
function isPlainPrototype(prototype: object | null): boolean {
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** Array.prototype, of this realm or another, is the only prototype that is an array itself. */
function isArrayPrototype(prototype: object | null): boolean {
  return prototype === Array.prototype || Array.isArray(prototype)
}

function className(value: object): string {
  const constructor: unknown = (value as { constructor?: unknown }).constructor
  const name: unknown = typeof constructor === 'function' ? constructor.name : undefined
  return typeof name === 'string' && name !== '' ? `a ${name.slice(0, 64)}` : 'this object'
}
