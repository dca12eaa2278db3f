import type { Clock } from '../clock.ts'
import type { DispatchReply, DispatchRequest } from '../driver/storage-driver.ts'
import { InvalidOptionError, QueueFullError } from '../errors.ts'
import { checkInteger } from '../job/option-checks.ts'
import type { Runtime } from '../runtime.ts'

/** How many jobs may wait: in all queues together, or in each of some. */
export type MaxPending<Queues extends string = string> = number | { readonly [queue in Queues]?: number }

interface QueuedJob {
  readonly queue: string
}

/** Stands for all queues together. */
const everywhere: unique symbol = Symbol('all queues')
type Place = string | typeof everywhere

/** What one dispatch adds; taken back for jobs it did not store. */
type Share = Map<Place, number>

/** A count is good for this long. */
const countAgeMs = 1_000

/**
 * Refuses dispatches while too many jobs wait, by a count that is at most a second old and what this process added
 * since. Processes do not see each other's dispatches of that second, so together they may go over the limit by as
 * much. Within one process it errs the other way: what is stored while a count is taken counts twice until the next.
 */
export class Backlog {
  readonly #driver: Runtime['driver']
  readonly #clock: Clock
  readonly #limits: ReadonlyMap<Place, number>
  readonly #underWay = new Set<Share>()
  #pending = new Map<Place, number>()
  #countedAt = -Infinity
  #counting: Promise<void> | undefined

  /** Throws `InvalidOptionError` for a limit out of range and for a queue no job belongs to. */
  constructor(
    maxPending: MaxPending | undefined,
    parts: Pick<Runtime, 'driver' | 'clock'> & { readonly queues: ReadonlySet<string> },
  ) {
    this.#driver = parts.driver
    this.#clock = parts.clock
    this.#limits = limitsOf(maxPending, parts.queues)
  }

  /**
   * Stores the jobs if they fit, all or none; inside a transaction always, because nobody must wait or give up there
   * for the sake of a count. Throws `QueueFullError`, what counting throws, and as the driver does.
   */
  async dispatch(request: DispatchRequest): Promise<DispatchReply> {
    const driver = this.#driver
    const share = this.#shareOf(request.jobs)
    if (share.size === 0 || driver.transactions?.joins(request.caller) === true) return driver.dispatch(request)
    if (this.#clock.monotonic() - this.#countedAt >= countAgeMs) await this.#count()
    for (const [place, count] of share) this.#expectRoom(place, count)
    this.#underWay.add(share)
    this.#add(share, 1)
    let reply: DispatchReply | undefined
    try {
      reply = await driver.dispatch(request)
      return reply
    } finally {
      const receipts = reply?.stored === true ? reply.receipts : []
      this.#settle(share, this.#shareOf(request.jobs.filter((_job, index) => receipts[index]?.created !== true)))
    }
  }

  #expectRoom(place: Place, count: number): void {
    const limit = this.#limits.get(place)!
    const pending = this.#pending.get(place) ?? 0
    if (pending + count > limit) throw new QueueFullError(place === everywhere ? undefined : place, pending, limit)
  }

  /** Takes back what was not stored: from what is counted now, and from a count that is being taken. */
  #settle(share: Share, notStored: Share): void {
    this.#underWay.delete(share)
    this.#add(notStored, -1)
    for (const [place, count] of notStored) share.set(place, share.get(place)! - count)
  }

  /** One question for everybody who asks meanwhile. */
  #count(): Promise<void> {
    this.#counting ??= this.#ask().finally(() => (this.#counting = undefined))
    return this.#counting
  }

  /** Its age is that of the question. What was under way then may or may not be in the answer. */
  async #ask(): Promise<void> {
    const askedAt = this.#clock.monotonic()
    const uncertain = [...this.#underWay]
    const queues = [...this.#limits.keys()].filter((place) => place !== everywhere)
    const rows = await this.#driver.count({ filter: { states: ['pending'], ...(queues.length > 0 && { queues }) } })
    this.#pending = new Map()
    for (const { queue, count } of rows) this.#add(this.#shareOf([{ queue }], count), 1)
    for (const share of uncertain) this.#add(share, 1)
    this.#countedAt = askedAt
  }

  #shareOf(jobs: readonly QueuedJob[], each = 1): Share {
    const share: Share = new Map()
    for (const { queue } of jobs) {
      for (const place of [queue, everywhere] as const) {
        if (this.#limits.has(place)) share.set(place, (share.get(place) ?? 0) + each)
      }
    }
    return share
  }

  #add(share: Share, sign: 1 | -1): void {
    for (const [place, count] of share) this.#pending.set(place, (this.#pending.get(place) ?? 0) + sign * count)
  }
}

function limitsOf(maxPending: MaxPending | undefined, known: ReadonlySet<string>): ReadonlyMap<Place, number> {
  const range = { least: 1, most: Number.MAX_SAFE_INTEGER }
  if (maxPending === undefined) return new Map()
  if (typeof maxPending !== 'object' || maxPending === null) {
    return new Map([[everywhere, checkInteger('maxPending', maxPending, range)]])
  }
  const given = Object.entries(maxPending).filter(([, limit]) => limit !== undefined)
  for (const [queue, limit] of given) {
    checkInteger(`maxPending.${queue}`, limit, range)
    if (!known.has(queue)) throw new InvalidOptionError('maxPending', `no registered job belongs to "${queue}"`)
  }
  return new Map(given as [string, number][])
}
