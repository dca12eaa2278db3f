import { endedStates, type LogLine, type PauseTarget } from '@goplate/queue-core'
import type { Choices } from './choices.ts'
import type { ClaimPair, TwoDrivers } from './two-drivers.ts'

const leaseMs = 10_000

const wordsOf = {
  finished: { result: '{"r":1}' },
  failed: { reason: 'permanent', error: '{"e":1}' },
  cancelled: { reason: 'the handler chose it' },
  retried: { error: '{"e":2}' },
  snoozed: { reason: 'not yet' },
  released: {},
}

type Feature = 'report' | 'readLines' | 'pause' | 'resume' | 'expire'

/** Makes one request at a time, legal but without sense, to both drivers. */
export class Walker {
  readonly #both: TwoDrivers
  readonly #choose: Choices
  readonly #leases: string[] = []
  /** Requests of the groups that the driver has. */
  readonly #features: readonly Feature[]
  /** How many lines the claims told so far. */
  readonly #told = new Map<ClaimPair, number>()
  #now = Date.UTC(2040, 0, 1)

  constructor(both: TwoDrivers, choices: Choices) {
    this.#both = both
    this.#choose = choices
    const { reports, pausing, expiry } = both.tested.capabilities
    this.#features = [
      ...(reports ? (['report', 'report', 'readLines'] as const) : []),
      ...(pausing ? (['pause', 'resume'] as const) : []),
      ...(expiry ? (['expire'] as const) : []),
    ]
  }

  async step(title: string): Promise<void> {
    const verbs = [
      'dispatch',
      'dispatch',
      'claim',
      'claim',
      'claim',
      'settle',
      'settle',
      'settle',
      'extend',
      'reap',
    ] as const
    const rare = ['reap', 'cancel', 'retry', 'remove', 'prune', 'wait', 'wait', 'wait'] as const
    const verb = this.#choose.oneOf([...verbs, ...rare, ...this.#features])
    try {
      await this[verb]()
      await this.#both.compareAll(this.#now)
    } catch (error) {
      throw new Error(`${title}, ${verb}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  dispatch(): Promise<void> {
    const jobs = Array.from({ length: this.#choose.upTo(3) + 1 }, () => this.#choose.newJob(this.#now))
    return this.#both.dispatch({ jobs, caller: {}, now: this.#now })
  }

  claim(): Promise<void> {
    const leaseId = this.#choose.leaseId()
    this.#leases.push(leaseId)
    const names = this.#choose.chance(0.5) ? ['a', 'b'] : ['b', 'a']
    return this.#both.claim({
      leaseId,
      leaseMs,
      worker: 'walker',
      queues: names.map((queue) => ({ queue, limit: this.#choose.upTo(3) })),
      types: this.#choose.chance(0.8) ? ['x', 'y'] : ['y'],
      solo: this.#choose.chance(0.3),
      now: this.#now,
    })
  }

  /** Mostly of late claims, sometimes of any: most of those were settled or lost long ago. */
  async settle(): Promise<void> {
    const { claims } = this.#both
    if (claims.length === 0) return
    const outcomes = ['finished', 'failed', 'cancelled', 'retried', 'snoozed', 'released'] as const
    const settlements = Array.from({ length: this.#choose.upTo(3) + 1 }, () => ({
      pair: this.#choose.oneOf(this.#choose.chance(0.8) ? claims.slice(-6) : claims),
      outcome: this.#choose.oneOf(outcomes),
      delayMs: this.#choose.oneOf([0, 500, 5_000]),
      waitMs: this.#choose.upTo(100),
      durationMs: this.#choose.upTo(100),
    })).map((each) => ({ ...each, ...wordsOf[each.outcome] }))
    await this.#both.settle(settlements, this.#now)
  }

  async extend(): Promise<void> {
    if (this.#leases.length === 0) return
    await this.#both.extend([...new Set([this.#choose.oneOf(this.#leases), this.#leases.at(-1)!])], leaseMs, this.#now)
  }

  reap(): Promise<void> {
    return this.#both.reap(this.#now)
  }

  cancel(): Promise<void> {
    const reason = this.#choose.chance(0.5) ? { reason: 'walked over' } : {}
    return this.#both.cancel(this.#someJobs(), { ...reason, now: this.#now })
  }

  retry(): Promise<void> {
    const from = this.#choose.chance(0.7) ? endedStates : (['failed'] as const)
    return this.#both.retry(this.#someJobs(), { from, now: this.#now })
  }

  remove(): Promise<void> {
    return this.#both.remove(this.#someJobs().slice(0, 1), this.#now)
  }

  prune(): Promise<void> {
    const retention = { finishedMs: 40_000, failedMs: 80_000, types: { y: { cancelledMs: 20_000 } } }
    return this.#both.prune({ retention, limit: 1 + this.#choose.upTo(10), now: this.#now })
  }

  async wait(): Promise<void> {
    this.#now += this.#choose.oneOf([1, 400, 500, 5_000, leaseMs + 1])
    if (this.#both.tested.capabilities.pausing) await this.#both.comparePauses(this.#now)
  }

  /** Mostly of late claims, sometimes of any; now and then the last line is told once more. */
  async report(): Promise<void> {
    const { claims } = this.#both
    if (claims.length === 0) return
    const some = Array.from({ length: this.#choose.upTo(2) + 1 }, () =>
      this.#choose.oneOf(this.#choose.chance(0.8) ? claims.slice(-6) : claims),
    )
    const reports = [...new Set(some)].map((pair) => ({
      pair,
      ...(this.#choose.chance(0.7) && { percent: this.#choose.upTo(100) }),
      ...(this.#choose.chance(0.7) && { lines: this.#linesOf(pair) }),
    }))
    await this.#both.report(reports, this.#now)
  }

  #linesOf(pair: ClaimPair): LogLine[] {
    const told = this.#told.get(pair) ?? 0
    const first = this.#choose.chance(0.3) ? Math.max(told, 1) : told + 1
    const last = told + 1 + this.#choose.upTo(2)
    this.#told.set(pair, last)
    const level = this.#choose.oneOf(['debug', 'info', 'warn', 'error'] as const)
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const line = first + index
      return { line, level, message: `line ${line}, said at ${this.#now}` }
    })
  }

  async readLines(): Promise<void> {
    if (this.#both.jobs === 0) return
    await this.#both.lines(this.#choose.upTo(this.#both.jobs - 1), {
      after: this.#choose.upTo(3),
      limit: 1 + this.#choose.upTo(6),
    })
  }

  pause(): Promise<void> {
    const reason = this.#choose.chance(0.5) ? { reason: 'the walker rests' } : {}
    const forMs = this.#choose.chance(0.8) ? { forMs: this.#choose.oneOf([400, 5_000, leaseMs]) } : {}
    return this.#both.pause({ ...this.#target(), ...reason, ...forMs, now: this.#now })
  }

  async resume(): Promise<void> {
    await this.#both.resume({ ...this.#target(), now: this.#now })
    await this.#both.comparePauses(this.#now)
  }

  #target(): PauseTarget {
    return this.#choose.oneOf([
      { kind: 'queue', name: 'a' },
      { kind: 'type', name: 'x' },
      { kind: 'type', name: 'y' },
    ])
  }

  expire(): Promise<void> {
    return this.#both.expire(this.#now)
  }

  /** A few different jobs, each once: what a repetition within a call means is the driver's to say. */
  #someJobs(): number[] {
    if (this.#both.jobs === 0) return []
    return [...new Set(Array.from({ length: 1 + this.#choose.upTo(3) }, () => this.#choose.upTo(this.#both.jobs - 1)))]
  }
}
