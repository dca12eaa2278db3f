import { PoolSize } from './pool-size.ts'
import type { ServedQueue, WorkerSettings } from './worker-options.ts'

/** So much work may wait in this worker, by how long runs took of late. */
const aheadMs = 250

interface QueueUse extends ServedQueue {
  /** Jobs that hold a slot. */
  running: number
  /** Claimed jobs that wait for a slot. */
  waiting: number
  /** Jobs claimed so far, divided by weight: the queue with the least is served next. */
  served: number
  readonly pool: PoolSize
  /** Its last claim came back full. */
  isFull: boolean
}

export interface QueueLimit {
  readonly queue: string
  readonly limit: number
}

/**
 * How much this worker does at once, in all and by queue, and who gets the next free slots: start-time fair queueing
 * (Goyal, Vin, Cheng 1996), with jobs for packets.
 */
export class Slots {
  readonly #settings: WorkerSettings
  readonly #uses: Map<string, QueueUse>
  readonly #pool: PoolSize
  #running = 0
  #waiting = 0
  /** How far the queue that was served last has come. */
  #virtualTime = 0
  /** Moving average of how long a run takes; undefined before the first one ended. */
  #runMs: number | undefined

  constructor(settings: WorkerSettings) {
    this.#settings = settings
    this.#pool = poolOf(settings)
    const unused = { running: 0, waiting: 0, served: 0, isFull: false }
    this.#uses = new Map(settings.queues.map((queue) => [queue.queue, { ...queue, ...unused, pool: poolOf(queue) }]))
  }

  get running(): number {
    return this.#running
  }
  get waiting(): number {
    return this.#waiting
  }
  /** How many there are at present. */
  get size(): number {
    return this.#pool.size
  }

  serves(queue: string): boolean {
    return this.#uses.has(queue)
  }

  hasFree(queue: string): boolean {
    const use = this.#use(queue)
    return this.#running < this.#pool.size && use.running < use.pool.size
  }

  /** How many jobs of this queue can run at once at present. */
  capacityOf(queue: string): number {
    return Math.min(this.#pool.size, this.#use(queue).pool.size)
  }

  /** A claimed job waits for a slot. */
  queueUp(queue: string): void {
    const use = this.#use(queue)
    use.waiting += 1
    this.#virtualTime = Math.max(this.#virtualTime, use.served)
    use.served += 1 / use.weight
    this.#waiting += 1
  }
  /** It waits no longer. */
  leaveLine(queue: string): void {
    this.#use(queue).waiting -= 1
    this.#waiting -= 1
  }
  take(queue: string): void {
    const use = this.#use(queue)
    use.running += 1
    this.#running += 1
    use.pool.noteUse(use.running)
    this.#pool.noteUse(this.#running)
  }
  free(queue: string): void {
    this.#use(queue).running -= 1
    this.#running -= 1
  }

  noteRun(durationMs: number): void {
    this.#runMs = this.#runMs === undefined ? durationMs : this.#runMs * 0.8 + durationMs * 0.2
  }

  /** A queue that had nothing to do does not save up its share. */
  catchUp(queue: string): void {
    const use = this.#use(queue)
    use.served = Math.max(use.served, this.#virtualTime)
  }

  /** A claim of this queue brought all that was asked for, or less. */
  claimed(queue: string, isFull: boolean): void {
    this.#use(queue).isFull = isFull
  }

  /** Lets pools grow or shrink, at monotonic time `now`. True when one would like to grow, and may soon. */
  adapt(now: number): boolean {
    const uses = [...this.#uses.values()]
    const wanted = uses.map((use) => use.pool.adapt(now, use.isFull && use.running + use.waiting >= use.pool.size))
    const isUsedUp = this.#running + this.#waiting >= this.#pool.size
    const wantsMore = this.#pool.adapt(now, isUsedUp && uses.some(({ isFull }) => isFull))
    return wantsMore || wanted.some((wants) => wants)
  }

  get hasRoom(): boolean {
    return this.#room() > 0
  }

  /** What to claim from which queue; every queue is named, those that get nothing with 0. */
  limits(hungry: ReadonlySet<string>): QueueLimit[] {
    const uses = [...this.#uses.values()]
    const most = uses.map((use) => (hungry.has(use.queue) ? this.#roomOf(use) : 0))
    const shares = shareOut(
      this.#room(),
      uses.map((use, index) => ({ ...use, most: most[index]! })),
    )
    return uses.map(({ queue }, index) => ({ queue, limit: shares[index]! }))
  }

  #use(queue: string): QueueUse {
    const use = this.#uses.get(queue)
    if (use === undefined) throw new Error(`The worker does not serve the queue "${queue}".`)
    return use
  }

  /** With prefetch: none until half of what was claimed ahead is used up, so that claims stay few and large. */
  #room(): number {
    const ahead = this.#ahead()
    if (ahead > 0 && this.#waiting > ahead / 2) return 0
    return Math.max(0, this.#pool.size + ahead - this.#running - this.#waiting)
  }

  /** Never more than what is likely to start soon: others may be idle, and an urgent job waits behind all of it. */
  #ahead(): number {
    const { prefetch } = this.#settings
    if (prefetch === 0 || this.#runMs === undefined || this.#runMs === 0) return prefetch
    return Math.min(prefetch, Math.floor((this.#pool.size * aheadMs) / this.#runMs))
  }

  #roomOf(use: QueueUse): number {
    return Math.max(0, use.pool.size + this.#ahead() - use.running - use.waiting)
  }
}

function poolOf({ concurrency, leastConcurrency = concurrency }: ServedQueue | WorkerSettings): PoolSize {
  return new PoolSize({ min: leastConcurrency, max: concurrency })
}

/** Gives `room` away one by one, each to the queue that was served least for its weight and still wants more. */
export function shareOut(
  room: number,
  queues: readonly { readonly weight: number; readonly served: number; readonly most: number }[],
): number[] {
  const wanted = queues.map(({ most }) => most)
  if (wanted.reduce((sum, most) => sum + most, 0) <= room) return wanted
  const shares = queues.map(() => 0)
  for (let left = room; left > 0; left -= 1) {
    let next = -1
    let least = Infinity
    queues.forEach(({ weight, served, most }, index) => {
      const after = served + shares[index]! / weight
      if (shares[index]! < most && after < least) [next, least] = [index, after]
    })
    shares[next]! += 1
  }
  return shares
}
