import { QueueError, SchemaError, StorageError, TransactionError } from '@goplate/queue-core'
import { expect, it } from 'vitest'
import { isTakenId, storageErrorOf } from './error-mapping.ts'

const withCode = (code: string, message = 'words of the server, in any language') =>
  Object.assign(new Error(message), { code })

it.each([
  ['conflict', '40001 40P01 55P03 57014'],
  ['connection', '08000 08001 08003 08004 08006 57P01 57P02 57P03 25P03 25006'],
  ['connection', 'ECONNRESET ECONNREFUSED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN'],
  ['capacity', '53100 53200 53300'],
  ['refused', '08P01 22P05 22P02 22021 22003 22023 54000 23514 23502'],
  ['corrupt', 'XX001 XX002'],
  ['other', '42601 XX000 28P01'],
])('%s: %s', (kind, codes) => {
  for (const code of codes.split(' ')) {
    const cause = withCode(code)
    expect(storageErrorOf(cause)).toMatchObject({ kind, cause })
  }
})

it.each([
  'Connection terminated unexpectedly',
  'Query read timeout',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
])('an error of pg without a code is a lost connection: %s', (message) => {
  expect(storageErrorOf(new Error(message))).toMatchObject({ kind: 'connection', breaksConnection: true })
})

it('a plan that no longer fits its table works on a new connection', () => {
  const error = storageErrorOf(withCode('0A000', 'cached plan must not change result type'))
  expect(error).toMatchObject({ kind: 'conflict', breaksConnection: true })
})

it('a transaction that was broken before is an error of the transaction', () => {
  expect(storageErrorOf(withCode('25P02'))).toBeInstanceOf(TransactionError)
})

it.each(['42P01', '42703', '42883', '42704', '3F000'])('%s: the tables do not fit', (code) => {
  const cause = withCode(code)
  const error = storageErrorOf(cause)
  expect(error).toBeInstanceOf(SchemaError)
  expect(error).toMatchObject({ cause, message: expect.stringContaining('queue.migrate()') })
})

it('says what to do where it is known', () => {
  expect(storageErrorOf(withCode('26000')).message).toContain('prepare: false')
})

it('takes anything that can be thrown', () => {
  const hostile = new Proxy({}, { get: () => { throw new Error('no') } }) // prettier-ignore
  for (const thrown of [undefined, null, 'text', Symbol('s'), {}, Object.create(null), hostile]) {
    expect(storageErrorOf(thrown)).toBeInstanceOf(StorageError)
  }
  const known = new StorageError('refused', 'mapped before')
  expect(storageErrorOf(known)).toBe(known)
})

it('a taken id is told from a taken key, mapped or not', () => {
  const taken = Object.assign(withCode('23505'), { constraint: 'job_pkey' })
  const errors = [taken, storageErrorOf(taken), Object.assign(withCode('23505'), { constraint: 'other' }), undefined]
  expect(errors.map(isTakenId)).toEqual([true, true, false, false])
  expect(QueueError.isInstance(storageErrorOf(taken))).toBe(true)
})
