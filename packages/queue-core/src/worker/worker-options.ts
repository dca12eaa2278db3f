import { parseDuration, type Duration } from '../duration.ts'
import type { Retention } from '../driver/storage-driver.ts'
import { InvalidOptionError, MissingHandlerError } from '../errors.ts'
import { checkInteger, checkKnown, checkName } from '../job/option-checks.ts'
import type { RegisteredJobs } from '../job/registered-job.ts'
import type { Random } from '../random.ts'
import type { PoolBounds } from './pool-size.ts'
import { retentionOf, type RetentionOptions } from './retention-options.ts'

/** A number, or a pool that grows towards `max` while due jobs wait and shrinks towards `min` when none does. */
export type Concurrency = number | { readonly min: number; readonly max: number }

export interface QueueSettings {
  /** How many jobs of this queue run at once in this worker. Default: the worker's `concurrency`. */
  readonly concurrency?: Concurrency
  /** Its share of the slots while several queues have jobs waiting, 1 … 1000. Default 1. */
  readonly weight?: number
}

export interface WorkerOptions<QueueName extends string = string> {
  /** Which queues it serves. Default: every queue of its jobs. */
  readonly queues?: { readonly [Name in QueueName]?: QueueSettings }
  /** How many jobs run at once, 1 … 10,000. Default 10, or the sum of the queues' own when every queue has one. */
  readonly concurrency?: Concurrency
  /**
   * How many more jobs are at most claimed ahead, to start without a round trip, 0 … 10,000. Default 0. Fewer where runs
   * take long: what is ahead should start within a quarter of a second.
   */
  readonly prefetch?: number
  /**
   * How often it looks for due jobs when nothing wakes it, at least 10 ms. Default `'5s'` where the driver hears of jobs
   * that other processes dispatched, else `'1s'`.
   */
  readonly pollInterval?: Duration
  /**
   * How long a silent worker keeps its jobs, 1 s … 1 day. Default `'30s'`. Extended every third of it, scanned for
   * expiry every sixth; handlers are told to stop a fifteenth before its end.
   */
  readonly lease?: Duration
  /** How long `stop` waits for running jobs before it gives them back. Default `'30s'`. */
  readonly stopTimeout?: Duration
  /** For people: in events, log lines and lists. Default: eight random characters. */
  readonly name?: string
  /** How long ended jobs are kept. Default 7 days, failed ones 30; `false`: this worker removes nothing. */
  readonly retention?: false | RetentionOptions
  /**
   * For a process that is restarted with every change of the code. Changes defaults: `name` is `development`, `lease`
   * `'5s'`, `stopTimeout` `'1s'`; and looks for expired leases four times a second. A handler that blocks the process for
   * five seconds, a breakpoint too, loses its job. Not for a fleet: it trusts other workers' leases no longer than its own.
   */
  readonly development?: boolean
}

/** One queue of a worker, with every default filled in. */
export interface ServedQueue {
  readonly queue: string
  readonly concurrency: number
  /** Of a pool: where it starts. Absent: `concurrency`. */
  readonly leastConcurrency?: number
  readonly weight: number
}

/** The options of a worker, checked, with every default filled in. */
export interface WorkerSettings {
  readonly name: string
  readonly queues: readonly ServedQueue[]
  readonly types: readonly string[]
  readonly concurrency: number
  /** Of a pool: where it starts. Absent: `concurrency`. */
  readonly leastConcurrency?: number
  readonly prefetch: number
  readonly pollMs: number
  readonly leaseMs: number
  readonly heartbeatMs: number
  readonly scanMs: number
  readonly marginMs: number
  readonly stopTimeoutMs: number
  /** How long a handler may go on after it was told to stop before it is called stuck and its outcome decided. */
  readonly graceMs: number
  readonly retention: Retention | undefined
}

export interface SettingsParts {
  readonly jobs: RegisteredJobs
  readonly random: Random
  readonly driver: { readonly wakeups?: { readonly fromOtherProcesses: boolean } }
}

interface Defaults {
  readonly name?: string
  readonly lease: Duration
  readonly stopTimeout: Duration
  readonly scanMs: number
}
const defaults: Defaults = { lease: '30s', stopTimeout: '30s', scanMs: Infinity }
const developmentDefaults: Defaults = { name: 'development', lease: '5s', stopTimeout: '1s', scanMs: 250 }

const mostAtOnce = 10_000
const defaultConcurrency = 10

/** Throws `InvalidOptionError`, naming the option, and `MissingHandlerError`. */
export function workerSettings(options: WorkerOptions, { jobs, random, driver }: SettingsParts): WorkerSettings {
  checkKnown(options, known, 'worker')
  const usualPoll = driver.wakeups?.fromOtherProcesses === true ? '5s' : '1s'
  const unhandled = jobs.all.filter(({ handle, many }) => handle === undefined && many === undefined)
  if (unhandled.length > 0) throw new MissingHandlerError(unhandled.map(({ type }) => type))

  const queues = options.queues ?? Object.fromEntries(jobs.all.map(({ queue }) => [queue, {}]))
  const total = totalConcurrency(options, queues)
  const usual = options.development === true ? developmentDefaults : defaults
  const leaseMs = durationBetween('lease', options.lease ?? usual.lease, { least: 1_000, most: 86_400_000 })
  return {
    name: checkName('name', options.name ?? usual.name ?? randomName(random)),
    queues: servedQueues(queues, jobs, total.max),
    types: jobs.all.map(({ type }) => type),
    concurrency: total.max,
    leastConcurrency: total.min,
    prefetch: checkInteger('prefetch', options.prefetch ?? 0, { least: 0, most: mostAtOnce }),
    pollMs: durationBetween('pollInterval', options.pollInterval ?? usualPoll, { least: 10, most: 86_400_000 }),
    leaseMs,
    heartbeatMs: leaseMs / 3,
    scanMs: Math.min(leaseMs / 6, usual.scanMs),
    marginMs: leaseMs / 15,
    stopTimeoutMs: parseDuration(options.stopTimeout ?? usual.stopTimeout, 'stopTimeout'),
    graceMs: 5_000,
    retention: retentionOf(options.retention),
  }
}

const known: readonly (keyof WorkerOptions)[] = [
  'queues',
  'concurrency',
  'prefetch',
  'pollInterval',
  'lease',
  'stopTimeout',
  'name',
  'retention',
  'development',
]

type QueuesOption = Readonly<Record<string, QueueSettings | undefined>>

function totalConcurrency(options: WorkerOptions, queues: QueuesOption): PoolBounds {
  if (options.concurrency !== undefined) return boundsOf('concurrency', options.concurrency)
  const own = Object.entries(queues).map(([queue, settings]) => ownConcurrency(queue, settings))
  const all = own.length > 0 && own.every((bounds) => bounds !== undefined)
  const sum = (end: 'min' | 'max'): number => own.reduce((total, bounds) => total + (bounds?.[end] ?? 0), 0)
  const max = Math.min(mostAtOnce, all ? sum('max') : Math.max(defaultConcurrency, sum('max')))
  return { min: all ? Math.min(max, sum('min')) : max, max }
}

function ownConcurrency(queue: string, settings: QueueSettings | undefined): PoolBounds | undefined {
  if (settings?.concurrency === undefined) return undefined
  return boundsOf(`queues.${queue}.concurrency`, settings.concurrency)
}

function boundsOf(option: string, value: Concurrency): PoolBounds {
  if (typeof value !== 'object' || value === null) {
    const fixed = checkInteger(option, value, { least: 1, most: mostAtOnce })
    return { min: fixed, max: fixed }
  }
  const max = checkInteger(`${option}.max`, value.max, { least: 1, most: mostAtOnce })
  return { min: checkInteger(`${option}.min`, value.min, { least: 1, most: max }), max }
}

function servedQueues(queues: QueuesOption, jobs: RegisteredJobs, total: number): ServedQueue[] {
  const names = new Set(jobs.all.map(({ queue }) => queue))
  const served = Object.entries(queues).map(([queue, settings]) => {
    if (!names.has(queue)) {
      const list = [...names].map((name) => `"${name}"`).join(', ')
      throw new InvalidOptionError(`queues.${queue}`, `is not the queue of any registered job; known: ${list}`)
    }
    const { min, max: concurrency } = ownConcurrency(queue, settings) ?? { min: total, max: total }
    if (concurrency > total) {
      throw new InvalidOptionError(
        `queues.${queue}.concurrency`,
        `${concurrency} is more than the worker's \`concurrency\` of ${total}`,
      )
    }
    const weight = checkInteger(`queues.${queue}.weight`, settings?.weight ?? 1, { least: 1, most: 1_000 })
    return { queue, concurrency, leastConcurrency: min, weight }
  })
  if (served.length === 0) throw new InvalidOptionError('queues', 'must name at least one queue')
  return served
}

function durationBetween(option: string, value: Duration, range: { least: number; most: number }): number {
  const ms = parseDuration(value, option)
  if (ms >= range.least && ms <= range.most) return ms
  throw new InvalidOptionError(option, `must be between ${range.least} ms and ${range.most} ms, not ${ms} ms`)
}

function randomName(random: Random): string {
  return Array.from(random.bytes(4), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
