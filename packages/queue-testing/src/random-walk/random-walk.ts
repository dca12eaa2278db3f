import { endedStates, type LogLine, type NewJobRecord, type PauseTarget, type Random } from '@goplate/queue-core'
import { memoryDriver } from '@goplate/queue-core/memory'
import type { DriverHarness } from '../conformance/driver-harness.ts'
import type { TestRunner } from '../conformance/run-conformance.ts'
import { seededRandom } from '../seeded-random.ts'
import { TwoDrivers, type ClaimPair } from './two-drivers.ts'

export interface RandomWalkOptions {
  /** Which walks; each is the same in every run. */
  readonly seeds: readonly number[]
  /** Requests of one walk. Default 150. */
  readonly steps?: number
}

const leaseMs = 10_000

const wordsOf = {
  finished: { result: '{"r":1}' },
  failed: { reason: 'permanent', error: '{"e":1}' },
  cancelled: { reason: 'the handler chose it' },
  retried: { error: '{"e":2}' },
  snoozed: { reason: 'not yet' },
  released: {},
}

/**
 * Registers one test per seed: random requests, legal but without sense, to the driver and to the memory driver, whose
 * replies and jobs must be the same all the way. It finds what nobody thought of writing a case for.
 */
export function runRandomWalks<Caller extends object>(
  harness: DriverHarness<Caller>,
  { describe, it }: TestRunner,
  options: RandomWalkOptions,
): void {
  describe(`${harness.name} agrees with the memory driver`, () => {
    for (const seed of options.seeds) it(`on random walk ${seed}`, () => walk(harness, seed, options.steps ?? 150))
  })
}

/** Throws the first difference, with the number of the step and the request in its message. */
export async function walk<Caller extends object>(
  harness: DriverHarness<Caller>,
  seed: number,
  steps: number,
): Promise<void> {
  const under = await harness.create()
  try {
    const walker = new Walker(new TwoDrivers(memoryDriver(), under.driver), seededRandom(seed))
    for (let step = 1; step <= steps; step++) await walker.step(`walk ${seed}, step ${step}`)
  } finally {
    await under.driver.close().finally(() => under.dispose())
  }
}

type Feature = 'report' | 'readLines' | 'pause' | 'resume' | 'expire'

class Walker {
  readonly #both: TwoDrivers
  readonly #random: Random
  readonly #leases: string[] = []
  /** Requests of the groups that the driver has. */
  readonly #features: readonly Feature[]
  /** How many lines the claims told so far. */
  readonly #told = new Map<ClaimPair, number>()
  #now = Date.UTC(2040, 0, 1)

  constructor(both: TwoDrivers, random: Random) {
    this.#both = both
    this.#random = random
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
    const verb = this.#oneOf([...verbs, ...rare, ...this.#features])
    try {
      await this[verb]()
      await this.#both.compareAll(this.#now)
    } catch (error) {
      throw new Error(`${title}, ${verb}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  dispatch(): Promise<void> {
    const jobs = Array.from({ length: this.#upTo(3) + 1 }, () => this.#newJob())
    return this.#both.dispatch({ jobs, caller: {}, now: this.#now })
  }

  claim(): Promise<void> {
    const leaseId = uuidOf(this.#random.bytes(16))
    this.#leases.push(leaseId)
    const names = this.#chance(0.5) ? ['a', 'b'] : ['b', 'a']
    return this.#both.claim({
      leaseId,
      leaseMs,
      worker: 'walker',
      queues: names.map((queue) => ({ queue, limit: this.#upTo(3) })),
      types: this.#chance(0.8) ? ['x', 'y'] : ['y'],
      solo: this.#chance(0.3),
      now: this.#now,
    })
  }

  /** Mostly of late claims, sometimes of any: most of those were settled or lost long ago. */
  async settle(): Promise<void> {
    const { claims } = this.#both
    if (claims.length === 0) return
    const outcomes = ['finished', 'failed', 'cancelled', 'retried', 'snoozed', 'released'] as const
    const settlements = Array.from({ length: this.#upTo(3) + 1 }, () => ({
      pair: this.#oneOf(this.#chance(0.8) ? claims.slice(-6) : claims),
      outcome: this.#oneOf(outcomes),
      delayMs: this.#oneOf([0, 500, 5_000]),
      waitMs: this.#upTo(100),
      durationMs: this.#upTo(100),
    })).map((each) => ({ ...each, ...wordsOf[each.outcome] }))
    await this.#both.settle(settlements, this.#now)
  }

  async extend(): Promise<void> {
    if (this.#leases.length === 0) return
    await this.#both.extend([...new Set([this.#oneOf(this.#leases), this.#leases.at(-1)!])], leaseMs, this.#now)
  }

  reap(): Promise<void> {
    return this.#both.reap(this.#now)
  }

  cancel(): Promise<void> {
    const reason = this.#chance(0.5) ? { reason: 'walked over' } : {}
    return this.#both.cancel(this.#someJobs(), { ...reason, now: this.#now })
  }

  retry(): Promise<void> {
    const from = this.#chance(0.7) ? endedStates : (['failed'] as const)
    return this.#both.retry(this.#someJobs(), { from, now: this.#now })
  }

  remove(): Promise<void> {
    return this.#both.remove(this.#someJobs().slice(0, 1), this.#now)
  }

  prune(): Promise<void> {
    const retention = { finishedMs: 40_000, failedMs: 80_000, types: { y: { cancelledMs: 20_000 } } }
    return this.#both.prune({ retention, limit: 1 + this.#upTo(10), now: this.#now })
  }

  async wait(): Promise<void> {
    this.#now += this.#oneOf([1, 400, 500, 5_000, leaseMs + 1])
    if (this.#both.tested.capabilities.pausing) await this.#both.comparePauses(this.#now)
  }

  /** Mostly of late claims, sometimes of any; now and then the last line is told once more. */
  async report(): Promise<void> {
    const { claims } = this.#both
    if (claims.length === 0) return
    const some = Array.from({ length: this.#upTo(2) + 1 }, () =>
      this.#oneOf(this.#chance(0.8) ? claims.slice(-6) : claims),
    )
    const reports = [...new Set(some)].map((pair) => ({
      pair,
      ...(this.#chance(0.7) && { percent: this.#upTo(100) }),
      ...(this.#chance(0.7) && { lines: this.#linesOf(pair) }),
    }))
    await this.#both.report(reports, this.#now)
  }

  #linesOf(pair: ClaimPair): LogLine[] {
    const told = this.#told.get(pair) ?? 0
    const first = this.#chance(0.3) ? Math.max(told, 1) : told + 1
    const last = told + 1 + this.#upTo(2)
    this.#told.set(pair, last)
    const level = this.#oneOf(['debug', 'info', 'warn', 'error'] as const)
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const line = first + index
      return { line, level, message: `line ${line}, said at ${this.#now}` }
    })
  }

  async readLines(): Promise<void> {
    if (this.#both.jobs === 0) return
    await this.#both.lines(this.#upTo(this.#both.jobs - 1), { after: this.#upTo(3), limit: 1 + this.#upTo(6) })
  }

  pause(): Promise<void> {
    const reason = this.#chance(0.5) ? { reason: 'the walker rests' } : {}
    const forMs = this.#chance(0.8) ? { forMs: this.#oneOf([400, 5_000, leaseMs]) } : {}
    return this.#both.pause({ ...this.#target(), ...reason, ...forMs, now: this.#now })
  }

  async resume(): Promise<void> {
    await this.#both.resume({ ...this.#target(), now: this.#now })
    await this.#both.comparePauses(this.#now)
  }

  #target(): PauseTarget {
    return this.#oneOf([
      { kind: 'queue', name: 'a' },
      { kind: 'type', name: 'x' },
      { kind: 'type', name: 'y' },
    ])
  }

  expire(): Promise<void> {
    return this.#both.expire(this.#now)
  }

  #newJob(): NewJobRecord {
    const unique = { key: this.#oneOf(['k', 'l']), onConflict: this.#oneOf(['return', 'return', 'reject'] as const) }
    const when = this.#oneOf([
      {},
      {},
      { delayMs: 500 },
      { delayMs: 5_000 },
      { availableAt: this.#now - 10 },
      { availableAt: this.#now + 900 },
    ])
    return {
      type: this.#oneOf(['x', 'y']),
      queue: this.#oneOf(['a', 'b']),
      payload: `{"n":${this.#upTo(1000)}}`,
      priority: this.#upTo(2) - 1,
      maxAttempts: 3,
      maxCrashes: this.#upTo(2),
      ...when,
      ...(this.#chance(0.2) && { unique }),
      ...(this.#chance(0.2) && { expiresAt: this.#now + 700 }),
      ...(this.#chance(0.1) && { tags: ['t'], meta: '{"m":1}' }),
    }
  }

  /** A few different jobs, each once: what a repetition within a call means is the driver's to say. */
  #someJobs(): number[] {
    if (this.#both.jobs === 0) return []
    return [...new Set(Array.from({ length: 1 + this.#upTo(3) }, () => this.#upTo(this.#both.jobs - 1)))]
  }

  #upTo(most: number): number {
    return Math.floor(this.#random.number() * (most + 1))
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#upTo(values.length - 1)]!
  }

  #chance(probability: number): boolean {
    return this.#random.number() < probability
  }
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
