import type { Pause, StoredLogLine } from '../driver/driver-groups.ts'
import type { CancelVerdict, RetryVerdict, StorageDriver } from '../driver/storage-driver.ts'
import { parseDuration, type Duration } from '../duration.ts'
import { InvalidOptionError, UnsupportedError } from '../errors.ts'
import type { EventEmitter } from '../event-emitter.ts'
import type { QueueEvents } from '../events.ts'
import { storableReason } from '../job/clean-text.ts'
import { dateOf } from '../job/job-record.ts'
import { endedStates } from '../job/job-state.ts'
import { checkInteger, checkName } from '../job/option-checks.ts'
import type { JobId } from '../job/stored-job.ts'
import { eraseJobs, type Erased, type EraseFilter, type EraseOptions } from './erase.ts'

export type DeleteVerdict = 'removed' | 'cancel_requested' | 'missing'

/** What is paused: all jobs of a queue, or of a type. */
export type PausedThing =
  { readonly queue: string; readonly type?: never } | { readonly type: string; readonly queue?: never }
export type PauseOptions = PausedThing & {
  readonly reason?: string
  /** Ends by itself after this time, by the database's clock. Default: with `resume`. */
  readonly for?: Duration
}

/** A pause for people: instants as dates. */
export interface PauseRecord {
  readonly kind: 'queue' | 'type'
  readonly name: string
  readonly reason?: string
  readonly since: Date
  readonly until?: Date
}

/** A line that a handler kept with its job. */
export interface LogRecord extends Omit<StoredLogLine, 'at'> {
  readonly at: Date
}

interface AdministrationParts {
  readonly driver: StorageDriver<never>
  readonly events: EventEmitter<QueueEvents>
  /** Somebody may wait for the end of this job; without an id, of any. */
  readonly onEnded: (id?: JobId) => void
}

/** What people do to jobs that are stored, checked before storage sees it. */
export class Administration {
  readonly #driver: StorageDriver<never>
  readonly #events: EventEmitter<QueueEvents>
  readonly #onEnded: (id?: JobId) => void

  constructor({ driver, events, onEnded }: AdministrationParts) {
    this.#driver = driver
    this.#events = events
    this.#onEnded = onEnded
  }

  async cancel(ids: readonly JobId[], reason: unknown): Promise<readonly CancelVerdict[]> {
    const words: { reason?: string } = reason === undefined ? {} : { reason: checkReason(reason) }
    const verdicts = await this.#driver.cancel({ ids, ...words })
    const ended = [...new Set(ids.filter((_id, index) => verdicts[index] === 'cancelled'))]
    for (const id of ended) this.#onEnded(id)
    await this.#tellCancelled(ended, words.reason)
    return verdicts
  }

  /** In small steps, because the rows bring their payloads. The jobs are cancelled: that it cannot be told is no failure. */
  async #tellCancelled(ids: readonly JobId[], reason: string | undefined): Promise<void> {
    try {
      for (let start = 0; start < ids.length; start += 100) {
        for (const job of await this.#driver.find({ ids: ids.slice(start, start + 100) })) {
          const { id, type, queue, attempt, maxAttempts } = job
          this.#events.emit('job:cancelled', { jobId: id, type, queue, attempt, maxAttempts, durationMs: 0, reason })
        }
      }
    } catch (error) {
      this.#events.emit('error', { error, during: 'find' })
    }
  }

  async retry(ids: readonly JobId[], force: boolean | undefined): Promise<readonly RetryVerdict[]> {
    const from = force === true ? endedStates : (['failed', 'cancelled'] as const)
    return this.#driver.retry({ ids, from })
  }

  async delete(ids: readonly JobId[]): Promise<readonly DeleteVerdict[]> {
    await this.#driver.cancel({ ids, reason: 'deleted' })
    const verdicts = await this.#driver.remove({ ids })
    this.#ended(ids, (index) => verdicts[index] === 'removed')
    return verdicts.map((verdict) => (verdict === 'not_ended' ? 'cancel_requested' : verdict))
  }

  async erase(filter: EraseFilter, options: EraseOptions): Promise<Erased> {
    const erased = await eraseJobs(this.#driver, filter, options)
    if (erased.removed > 0) this.#onEnded()
    return erased
  }

  async pause(options: PauseOptions): Promise<void> {
    const { reason, for: time } = options
    const target = targetOf(options)
    const forMs = time === undefined ? undefined : parseDuration(time, 'for')
    if (forMs === 0) throw new InvalidOptionError('for', 'must be longer than nothing')
    const words = reason === undefined ? {} : { reason: checkReason(reason) }
    const pause = { ...target, ...words, ...(forMs !== undefined && { forMs }) }
    await this.#pausing().pause(pause)
    this.#events.emit('queue:paused', pause)
  }

  async resume(thing: PausedThing): Promise<boolean> {
    const target = targetOf(thing)
    const resumed = await this.#pausing().resume(target)
    if (resumed) this.#events.emit('queue:resumed', target)
    return resumed
  }

  async paused(): Promise<readonly PauseRecord[]> {
    return (await this.#pausing().paused({})).map(pauseRecord)
  }

  async lines(id: JobId, { after = 0, limit = 100 }: { after?: number; limit?: number }): Promise<LogRecord[]> {
    checkInteger('after', after, { least: 0, most: Number.MAX_SAFE_INTEGER })
    checkInteger('limit', limit, { least: 1, most: 1_000 })
    const { reports } = this.#driver
    if (reports === undefined) throw new UnsupportedError(this.#driver.name, 'log lines of jobs')
    const lines = await reports.lines({ id, after, limit })
    return lines.map((line) => ({ ...line, at: dateOf(line.at) }))
  }

  #pausing(): NonNullable<StorageDriver['pausing']> {
    if (this.#driver.pausing === undefined) throw new UnsupportedError(this.#driver.name, 'pausing')
    return this.#driver.pausing
  }

  #ended(ids: readonly JobId[], has: (index: number) => boolean): void {
    ids.forEach((id, index) => {
      if (has(index)) this.#onEnded(id)
    })
  }
}

function pauseRecord({ since, until, ...same }: Pause): PauseRecord {
  return { ...same, since: dateOf(since), ...(until !== undefined && { until: dateOf(until) }) }
}

function targetOf({ queue, type }: PausedThing): { kind: 'queue' | 'type'; name: string } {
  if ((queue === undefined) === (type === undefined))
    throw new InvalidOptionError('queue', 'give a `queue` or a `type`')
  return queue === undefined
    ? { kind: 'type', name: checkName('type', type) }
    : { kind: 'queue', name: checkName('queue', queue) }
}

function checkReason(reason: unknown): string {
  if (typeof reason === 'string') return storableReason(reason)
  throw new InvalidOptionError('reason', 'must be a text')
}
