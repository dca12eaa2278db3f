import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ClaimedJob, ClaimReply, ClaimRequest, ExtendReply } from '@goplate/queue-core'
import type { Settlement, SettlementVerdict, StorageDriver } from '@goplate/queue-core'

export const leaseMs = 30_000

export interface ClaimOptions extends Partial<Omit<ClaimRequest, 'queues'>> {
  /** Defaults to `default`. */
  readonly queue?: string
  /** Defaults to 100. */
  readonly limit?: number
  readonly queues?: ClaimRequest['queues']
}

export type SettlementFields = Partial<Omit<Settlement, 'claim' | 'outcome'>>

/** What a job came to, as a worker would write it. */
export function settlementOf(
  { claim, waitMs }: ClaimedJob,
  outcome: Settlement['outcome'],
  fields: SettlementFields = {},
): Settlement {
  return { claim, outcome, waitMs, durationMs: 5, ...fields }
}

/** One worker of a case: it claims and settles by its own name, through a driver of its own if it was given one. */
export class ActingWorker {
  readonly name: string
  readonly driver: StorageDriver

  constructor(name: string, driver: StorageDriver) {
    this.name = name
    this.driver = driver
  }

  /** A claim of the types `alpha` and `beta` in the queue `default`, unless told otherwise. */
  claim({ queue = 'default', limit = 100, ...fields }: ClaimOptions = {}): Promise<ClaimReply> {
    return this.driver.claim({
      leaseId: randomUUID(),
      leaseMs,
      worker: this.name,
      queues: [{ queue, limit }],
      types: ['alpha', 'beta'],
      solo: false,
      ...fields,
    })
  }

  async claimAll(options: ClaimOptions = {}): Promise<readonly ClaimedJob[]> {
    return (await this.claim(options)).jobs
  }

  /** Claims, and expects exactly one job. */
  async claimOne(options: ClaimOptions = {}): Promise<ClaimedJob> {
    const jobs = await this.claimAll(options)
    assert.equal(jobs.length, 1, `a claim should have taken one job and took ${jobs.length}`)
    return jobs[0]!
  }

  async settle(
    job: ClaimedJob,
    outcome: Settlement['outcome'],
    fields: SettlementFields = {},
  ): Promise<SettlementVerdict> {
    const [verdict] = await this.settleAll([settlementOf(job, outcome, fields)])
    return verdict!
  }

  async settleAll(settlements: readonly Settlement[]): Promise<readonly SettlementVerdict[]> {
    const verdicts = await this.driver.settle({ worker: this.name, settlements })
    assert.equal(verdicts.length, settlements.length, 'settle answers one verdict per settlement')
    return verdicts
  }

  extend(...jobs: readonly ClaimedJob[]): Promise<ExtendReply> {
    return this.driver.extend({ leases: jobs.map(({ claim }) => claim.leaseId), leaseMs })
  }
}
