import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeError } from './describe-error.ts'
import { toJobRecord } from './job-record.ts'
import type { StoredJob } from './stored-job.ts'

const stored: StoredJob = {
  id: '7',
  type: 'send_email',
  queue: 'mail',
  state: 'failed',
  payload: '{"to":"a@b.c"}',
  priority: 0,
  maxAttempts: 3,
  maxCrashes: 3,
  epoch: 4,
  attempt: 3,
  crashes: 1,
  createdAt: Date.UTC(2026, 0, 1),
  endedAt: Date.UTC(2026, 0, 2),
  reason: 'exhausted',
  error: encodeError(new TypeError('refused')),
  tags: ['a'],
  meta: '{"trace":"x"}',
  history: [
    { epoch: 1, attempt: 1, outcome: 'retried', endedAt: 5, waitMs: 1, durationMs: 2, error: encodeError('x') },
    { epoch: 2, attempt: 2, outcome: 'finished', endedAt: 6, result: '[1]' },
  ],
}

describe('toJobRecord', () => {
  it('parses what is JSON and makes instants dates', () => {
    const record = toJobRecord(stored, 0)
    expect(record).toMatchObject({
      id: '7',
      state: 'failed',
      label: 'failed',
      payload: { to: 'a@b.c' },
      error: { name: 'TypeError', message: 'refused' },
      meta: { trace: 'x' },
      createdAt: new Date('2026-01-01T00:00:00Z'),
      endedAt: new Date('2026-01-02T00:00:00Z'),
      cancelRequested: false,
      solo: false,
    })
    expect(record.history).toMatchObject([
      { epoch: 1, outcome: 'retried', endedAt: new Date(5), waitMs: 1, error: { message: 'x' } },
      { epoch: 2, outcome: 'finished', endedAt: new Date(6), result: [1] },
    ])
    expect(record).not.toHaveProperty('damaged')
    expect(record).not.toHaveProperty('startedAt')
  })

  it('fills in what was not stored', () => {
    const { tags: _tags, meta: _meta, history: _history, ...bare } = stored
    expect(toJobRecord(bare, 0)).toMatchObject({ tags: [], meta: {} })
    expect(toJobRecord(bare, 0)).not.toHaveProperty('history')
  })

  it('labels a pending job by the time it is asked', () => {
    const pending: StoredJob = { ...stored, state: 'pending', attempt: 0, availableAt: 10 }
    expect(toJobRecord(pending, 9).label).toBe('scheduled')
    expect(toJobRecord(pending, 10).label).toBe('ready')
  })

  it('shows a damaged job, and says which fields are', () => {
    const [first, second] = stored.history!
    const damaged = { ...stored, payload: '{', meta: '', error: 'x', history: [{ ...first!, error: '"' }, second!] }
    const record = toJobRecord(damaged, 0)
    expect(record.damaged).toEqual(['payload', 'meta', 'error', 'history[1].error'])
    expect(record).toMatchObject({ id: '7', payload: undefined, meta: {} })
    expect(record).not.toHaveProperty('error')
  })

  it('leaves out instants that are no dates, and says so', () => {
    const [first] = stored.history!
    const history = [{ ...first!, endedAt: 1e300 }]
    const damaged = { ...stored, createdAt: NaN, endedAt: Infinity, expiresAt: 'soon' as unknown as number, history }
    const record = toJobRecord(damaged, 0)
    expect(record.damaged).toEqual(['createdAt', 'endedAt', 'expiresAt', 'history[1].endedAt'])
    expect(record).toMatchObject({ createdAt: new Date(0), history: [{ endedAt: new Date(0) }] })
    expect(record).not.toHaveProperty('endedAt')
  })

  it('never throws on stored text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (payload, error, result) => {
        return toJobRecord({ ...stored, payload, error, result }, 0).id === '7'
      }),
    )
  })
})
