import { beforeEach, expect, it } from 'vitest'
import { auditLedger } from './audit-ledger.ts'
import { claimJobs } from './claim-jobs.ts'
import { dispatchJobs } from './dispatch-jobs.ts'
import { emptyLedger, placeOf, type Ledger } from './ledger.ts'
import { settleJobs } from './settle-jobs.ts'

let ledger: Ledger

/** Job 1 waits and holds a key, job 2 runs, job 3 has finished. */
beforeEach(() => {
  ledger = emptyLedger()
  const job = { type: 'a', queue: 'q', payload: '{}', priority: 0, maxAttempts: 3, maxCrashes: 3 }
  const unique = { key: 'k', onConflict: 'return' } as const
  dispatchJobs(ledger, [{ ...job, unique, delayMs: 9 }, job, job], 0)
  const queues = [{ queue: 'q', limit: 9 }]
  const request = { leaseId: 'lease', leaseMs: 10, worker: 'w', queues, types: ['a'], solo: false }
  const { jobs } = claimJobs(ledger, request, 1)
  settleJobs(ledger, [{ claim: jobs[1]!.claim, outcome: 'finished', waitMs: 0, durationMs: 0 }], 2)
})

it('finds nothing wrong with a right ledger', () => {
  expect(auditLedger(ledger)).toEqual([])
})

it('finds a job that is nowhere', () => {
  ledger.waiting.delete('1')
  expect(auditLedger(ledger)).toEqual(['Job 1 is in 0 places: none.'])
  expect(() => placeOf(ledger, '1')).toThrow('Job 1 is in no place.')
})

it('finds a job in two places', () => {
  ledger.waiting.set('3', { ...ledger.waiting.get('1')!, jobId: '3', epoch: 1 })
  expect(auditLedger(ledger)).toEqual(['Job 3 is in 2 places: waiting, finished at epoch 1.'])
})

it('finds a gap in the epochs, and an epoch that was not counted', () => {
  const [outcome] = ledger.outcomes.get('3')!
  ledger.outcomes.set('3', [{ ...outcome!, epoch: 2 }])
  ledger.waiting.set('1', { ...ledger.waiting.get('1')!, epoch: 4 })
  expect(auditLedger(ledger)).toEqual(['Job 1 counts 4 epochs but has 0 outcomes.', 'Job 3 has outcomes of epochs 2.'])
})

it('finds what belongs to no job', () => {
  ledger.jobs.delete('2')
  expect(auditLedger(ledger)).toEqual(['Job 2 does not exist but is waiting, running or has outcomes.'])
})

it('finds keys without a living holder, and living jobs without their key', () => {
  ledger.keys = new Map([['other', '3']])
  expect(auditLedger(ledger)).toEqual(['Job 3 ended and holds other.', 'Job 1 has not ended and does not hold k.'])
})

it('finds an empty lease', () => {
  ledger.leases.set('lease', { ...ledger.leases.get('lease')!, entries: [] })
  expect(auditLedger(ledger)).toContain('Lease lease is empty.')
})
