import assert from 'node:assert/strict'
import type {
  ClaimedJob,
  ClaimRequest,
  DispatchReceipt,
  DispatchRequest,
  LeaseSighting,
  Settlement,
} from '@goplate/queue-core'
import type { AttemptReport, CancelRequest, PauseRequest, PauseTarget, PruneRequest } from '@goplate/queue-core'
import type { RetryRequest, StorageDriver, StoredJob } from '@goplate/queue-core'

/** One claim as both drivers made it: they may count the places in a lease differently. */
export interface ClaimPair {
  readonly leaseId: string
  readonly job: number
  readonly reference: ClaimedJob
  readonly tested: ClaimedJob
}

/**
 * The reference and the tested driver, given the same requests at the same times. Every reply is compared, with jobs
 * told apart by the order of their dispatch, since each driver has ids of its own.
 */
export class TwoDrivers {
  readonly reference: StorageDriver
  readonly tested: StorageDriver
  readonly #ids: Readonly<Record<Side, string>>[] = []
  readonly #jobs = { reference: new Map<string, number>(), tested: new Map<string, number>() }
  readonly claims: ClaimPair[] = []
  readonly #reaped = new Set<string>()
  #sightings: { reference: readonly LeaseSighting[]; tested: readonly LeaseSighting[] } = { reference: [], tested: [] }

  constructor(reference: StorageDriver, tested: StorageDriver) {
    this.reference = reference
    this.tested = tested
  }

  /** How many jobs were dispatched so far; they are called 0, 1, … */
  get jobs(): number {
    return this.#ids.length
  }

  async dispatch(request: DispatchRequest): Promise<void> {
    const reference = await this.reference.dispatch(request)
    const tested = await this.tested.dispatch(request)
    if (!reference.stored || !tested.stored) {
      const conflict = (side: Side, reply: typeof reference) =>
        reply.stored ? undefined : { ...reply.conflict, holder: this.#jobs[side].get(reply.conflict.holder) }
      assert.deepEqual(conflict('tested', tested), conflict('reference', reference))
      return
    }
    for (const [index, receipt] of reference.receipts.entries()) {
      const other: DispatchReceipt = tested.receipts[index]!
      assert.equal(other.created, receipt.created)
      if (receipt.created) this.#name(receipt.id, other.id)
      else assert.equal(this.#jobOf('tested', other.id), this.#jobOf('reference', receipt.id))
    }
  }

  async claim(request: ClaimRequest): Promise<void> {
    const reference = await this.reference.claim(request)
    const tested = await this.tested.claim(request)
    const told = (side: Side, { jobs, ...reply }: typeof reference) => ({
      nextDueInMs: undefined,
      ...reply,
      jobs: jobs.map(({ claim, ...job }) => ({ ...job, job: this.#jobOf(side, claim.jobId), epoch: claim.epoch })),
    })
    assert.deepEqual(told('tested', tested), told('reference', reference))
    for (const [index, job] of reference.jobs.entries()) {
      const { leaseId, jobId } = job.claim
      this.claims.push({ leaseId, job: this.#jobOf('reference', jobId), reference: job, tested: tested.jobs[index]! })
    }
  }

  async settle(
    settlements: readonly (Omit<Settlement, 'claim'> & { readonly pair: ClaimPair })[],
    now: number,
  ): Promise<void> {
    const of = (side: Side): Settlement[] =>
      settlements.map(({ pair, ...settlement }) => ({ ...settlement, claim: pair[side].claim }))
    const reference = await this.reference.settle({ worker: 'walker', settlements: of('reference'), now })
    const tested = await this.tested.settle({ worker: 'walker', settlements: of('tested'), now })
    assert.deepEqual(tested, reference)
  }

  /**
   * A driver may keep a lease whose jobs are all settled for a while, and go on naming a job that was cancelled in it;
   * a lease that was taken away is gone.
   */
  async extend(leases: readonly string[], leaseMs: number, now: number): Promise<void> {
    const reference = await this.reference.extend({ leases, leaseMs, now })
    const tested = await this.tested.extend({ leases, leaseMs, now })
    for (const { leaseId } of tested.held) assert(!this.#reaped.has(leaseId), 'a lost lease is held')
    for (const { leaseId, cancelled } of reference.held) {
      const same = tested.held.find((lease) => lease.leaseId === leaseId)
      assert(same !== undefined, 'a standing lease is lost')
      const named = same.cancelled.map((id) => this.#jobOf('tested', id))
      for (const id of cancelled) assert(named.includes(this.#jobOf('reference', id)), 'a cancel is not told')
    }
  }

  async reap(now: number): Promise<void> {
    const reference = await this.reference.reap({ confirmed: this.#sightings.reference, now })
    const tested = await this.tested.reap({ confirmed: this.#sightings.tested, now })
    const moved = (side: Side, { reaped }: typeof reference) =>
      reaped.map(({ jobId, ...job }) => ({ job: this.#jobOf(side, jobId), ...job })).sort((a, b) => a.job - b.job)
    assert.deepEqual(moved('tested', tested), moved('reference', reference))
    for (const { jobId, epoch } of reference.reaped) this.#reaped.add(this.#leaseOf(jobId, epoch))
    const standing = new Set(reference.expired.map(({ leaseId }) => leaseId))
    const seen = new Set(tested.expired.map(({ leaseId }) => leaseId))
    for (const leaseId of standing) assert(seen.has(leaseId), 'an expired lease is not seen')
    this.#sightings = { reference: reference.expired, tested: tested.expired }
  }

  async cancel(jobs: readonly number[], request: Omit<CancelRequest, 'ids'>): Promise<void> {
    await this.#same((side) => this[side].cancel({ ...request, ids: this.#idsOf(side, jobs) }))
  }

  async retry(jobs: readonly number[], request: Omit<RetryRequest, 'ids'>): Promise<void> {
    await this.#same((side) => this[side].retry({ ...request, ids: this.#idsOf(side, jobs) }))
  }

  async remove(jobs: readonly number[], now: number): Promise<void> {
    await this.#same((side) => this[side].remove({ ids: this.#idsOf(side, jobs), now }))
  }

  async prune(request: PruneRequest): Promise<void> {
    await this.#same(async (side) => {
      let removed = 0
      let after: string | undefined
      do {
        const step = await this[side].prune({ ...request, ...(after !== undefined && { after }) })
        removed += step.removed
        after = step.next
      } while (after !== undefined)
      return removed
    })
  }

  async report(
    reports: readonly (Omit<AttemptReport, 'claim'> & { readonly pair: ClaimPair })[],
    now: number,
  ): Promise<void> {
    for (const side of ['reference', 'tested'] as const) {
      const told = reports.map(({ pair, ...report }) => ({ ...report, claim: pair[side].claim }))
      await this[side].reports!.report({ worker: 'walker', reports: told, now })
    }
  }

  async lines(job: number, page: { readonly after: number; readonly limit: number }): Promise<void> {
    await this.#same((side) => this[side].reports!.lines({ id: this.#ids[job]![side], ...page }))
  }

  async pause(request: PauseRequest): Promise<void> {
    for (const side of ['reference', 'tested'] as const) await this[side].pausing!.pause(request)
  }

  async resume(target: PauseTarget): Promise<void> {
    await this.#same((side) => this[side].pausing!.resume(target))
  }

  async expire(now: number): Promise<void> {
    await this.#same(async (side) => {
      const expired = await this[side].expiry!.expire({ limit: 1000, now })
      return expired
        .map(({ jobId, ...job }) => ({ job: this.#jobOf(side, jobId), ...job }))
        .sort((a, b) => a.job - b.job)
    })
  }

  /** The pauses, in any order. */
  async comparePauses(now: number): Promise<void> {
    await this.#same(async (side) => {
      const named = (await this[side].pausing!.paused({ now })).map((pause) => [`${pause.kind} ${pause.name}`, pause])
      return Object.fromEntries(named) as object
    })
  }

  /** Every job with its history, the counts, and the order of the list. */
  async compareAll(now: number): Promise<void> {
    const jobs = Array.from({ length: this.jobs }, (_, job) => job)
    await this.#same(async (side) =>
      (await this[side].find({ ids: this.#idsOf(side, jobs), history: true, now })).map((job) =>
        this.#plain(side, job),
      ),
    )
    await this.#same(async (side) => {
      const counts = await this[side].count({ filter: {}, now })
      return counts
        .map(
          ({ queue, state, count, due }) => `${queue} ${state} ${count}, due ${due?.count ?? 0} ${due?.oldestMs ?? 0}`,
        )
        .filter((line) => !line.includes(' 0, due'))
        .sort()
    })
    await this.#same(async (side) =>
      (await this[side].list({ filter: {}, limit: 1000, now })).jobs.map(({ id }) => this.#jobOf(side, id)),
    )
  }

  async #same<Reply>(ask: (side: Side) => Promise<Reply>): Promise<void> {
    const reference = await ask('reference')
    assert.deepEqual(await ask('tested'), reference)
  }

  /** `false` and absent mean the same; the mark that a job runs alone is of interest while it waits. */
  #plain(side: Side, { id, solo, cancelRequested, ...job }: StoredJob): object {
    const marks = { solo: job.state === 'pending' && solo === true, cancelRequested: cancelRequested === true }
    return { ...job, ...marks, job: this.#jobOf(side, id) }
  }

  #idsOf(side: Side, jobs: readonly number[]): string[] {
    return jobs.map((job) => this.#ids[job]![side])
  }

  #leaseOf(jobId: string, epoch: number): string {
    const pair = this.claims.find(({ reference: { claim } }) => claim.jobId === jobId && claim.epoch === epoch)
    assert(pair !== undefined, 'a job was reaped that nobody had claimed')
    return pair.leaseId
  }

  #name(reference: string, tested: string): void {
    this.#jobs.reference.set(reference, this.jobs)
    this.#jobs.tested.set(tested, this.jobs)
    this.#ids.push({ reference, tested })
  }

  #jobOf(side: Side, id: string): number {
    const job = this.#jobs[side].get(id)
    assert(job !== undefined, `${side}: an unknown id ${id}`)
    return job
  }
}

type Side = 'reference' | 'tested'
