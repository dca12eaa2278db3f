import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import * as errors from './errors.ts'

const examples: readonly errors.QueueError[] = [
  new errors.InvalidPayloadError('mail', [{ path: '$.to', message: 'is missing' }]),
  new errors.PayloadTooLargeError('mail', 'payload', 300_000, 262_144),
  new errors.InvalidOptionError('delay', 'must not be negative'),
  new errors.DuplicateTypeError('mail'),
  new errors.UnknownJobError('mail'),
  new errors.MissingHandlerError(['mail', 'image']),
  new errors.DuplicateJobError('mail', 'key', '7'),
  new errors.QueueFullError('mail', 1_000, 1_000),
  new errors.PermanentError('no such address'),
  new errors.TimeoutError('mail', 100),
  new errors.JobAbortedError('shutdown'),
  new errors.WaitTimeoutError('7', 100),
  new errors.JobNotFinishedError('7', 'failed', 'exhausted', undefined),
  new errors.JobNotFoundError('7'),
  new errors.UnsupportedError('memory', 'wasCommitted'),
  new errors.StorageError('conflict', 'deadlock'),
  new errors.TransactionError('the transaction has ended'),
  new errors.SchemaError('the tables are missing'),
  new errors.QueueClosedError(),
]

type ErrorClass = Pick<typeof errors.QueueError, 'isInstance'>
const classOf = (error: object) => error.constructor as unknown as ErrorClass

describe('every error', () => {
  it('has an example here, and one class for each code', () => {
    expect(examples.map((error) => error.code)).toEqual(errors.queueErrorCodes)
    expect(new Set(examples.map(classOf)).size).toBe(errors.queueErrorCodes.length)
  })

  it.each(examples.map((error) => [error.code, error] as const))(
    '%s is named after its class and known by it alone',
    (_code, error) => {
      expect(error).toBeInstanceOf(errors.QueueError)
      expect(error.name).toBe(error.constructor.name)
      expect(error.message).not.toBe('')
      expect(errors.QueueError.isInstance(error)).toBe(true)
      expect(examples.filter(classOf(error).isInstance)).toEqual([error])
    },
  )

  it('is known across two installed copies of the package', async () => {
    vi.resetModules()
    const copy = await import('./errors.ts')
    const foreign = new copy.PermanentError('x')
    expect(foreign).not.toBeInstanceOf(errors.PermanentError)
    expect(errors.PermanentError.isInstance(foreign)).toBe(true)
    expect(errors.TimeoutError.isInstance(foreign)).toBe(false)
  })

  it('is not seen in other values, however hostile', () => {
    const trap = () => {
      throw new Error('trapped')
    }
    const hostile = new Proxy({}, { has: trap, get: trap, getPrototypeOf: trap })
    const others = [undefined, null, 'GPQ_TIMEOUT', { code: 'GPQ_TIMEOUT' }, new Error('x'), hostile]
    expect(others.filter(errors.QueueError.isInstance)).toEqual([])
    expect(others.filter(errors.TimeoutError.isInstance)).toEqual([])
  })

  it('may be extended by a user', () => {
    class CardDeclined extends errors.PermanentError {}
    const error = new CardDeclined('card declined')
    expect(error.name).toBe('CardDeclined')
    expect(errors.PermanentError.isInstance(error)).toBe(true)
  })
})

describe('PermanentError', () => {
  it('takes a message, or what was thrown', () => {
    const cause = new RangeError('no such page')
    expect(new errors.PermanentError('no', { cause })).toMatchObject({ message: 'no', cause })
    expect(new errors.PermanentError(cause)).toMatchObject({ message: 'no such page', cause })
    expect(new errors.PermanentError(undefined).message).toBe('undefined')
    expect(new errors.PermanentError(Object.create(null)).message).toBe('permanent error')
  })
})

describe('docs/errors.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')
  const sections = text.split(/^## /m).slice(1)

  it('explains every code, and no other', () => {
    const documented = sections.map((section) => /^GPQ_\w+/.exec(section)?.[0])
    expect(documented).toEqual([...errors.queueErrorCodes])
  })

  it.each(examples.map((error) => [error.code, error] as const))(
    'says for %s its class, its fields, its meaning and a remedy',
    (code, error) => {
      const section = sections.find((candidate) => candidate.startsWith(code)) ?? ''
      expect(section).toContain(`\`${error.name}\``)
      const facts = Object.keys(error).filter((key) => !['name', 'code'].includes(key))
      for (const fact of facts) expect(section).toContain(`\`${fact}\``)
      expect(section).toMatch(/^\*\*Means\*\* \S/m)
      expect(section).toMatch(/^\*\*Do\*\* \S/m)
    },
  )
})
