export type StoreKind = 'postgresql' | 'redis' | 'sqlite'

/** About 110 bytes of JSON. `at` is when the dispatch was called, in microseconds of the machine's monotonic clock. */
export interface Payload {
  readonly n: number
  readonly at: number
  readonly text: string
}

/** A queue, or hand-written SQL in its place, as the scenarios use it. */
export interface Contender {
  readonly id: ContenderId
  readonly title: string
  readonly store: StoreKind
  /** What becomes of a job that ended. */
  readonly history: 'kept' | 'deleted'
  /** How it is set up: the best its own documentation offers. The report says it. */
  readonly setup: string
  /** Its tables in an empty store. */
  prepare(url: string): Promise<void>
  produce(url: string): Promise<Producer>
  consume(url: string, handled: Handled, settings?: WorkerSettings): Promise<Consumer>
  /** How many jobs have not ended: 0 after a drain, or the measurement does not count. */
  left(url: string): Promise<number>
}

export interface Producer {
  /** One call, or the nearest the contender has to one. */
  dispatchMany(payloads: readonly Payload[]): Promise<unknown>
  dispatch(payload: Payload): Promise<unknown>
  /** A row of the application and a job in one transaction; absent where the contender cannot. */
  dispatchWithRow?(payload: Payload): Promise<unknown>
  close(): Promise<void>
}

export interface Consumer {
  /** Returns once it claims jobs. */
  start(): Promise<void>
  /** Returns when every handled job has been settled. */
  stop(): Promise<void>
}

/** What the studies of endurance ask of our own worker; the others need not know it. */
export interface WorkerSettings {
  /** How long finished jobs are kept; their removal then begins at once instead of within five minutes. */
  readonly retention?: `${number}h`
  /** A second type that it could run. */
  readonly alsoKnows?: string
}

/** Every handler calls this and does nothing else. */
export type Handled = (payload: Payload) => void

export const contenderIds = [
  'goplate-postgres',
  'raw-postgres-keep',
  'raw-postgres-delete',
  'graphile-worker',
  'graphile-worker-default',
  'pg-boss',
  'pg-boss-single',
  'sidequest',
  'bullmq',
  'goplate-sqlite',
  'raw-sqlite-keep',
  'raw-sqlite-delete',
  'plainjob',
  'liteque',
] as const
export type ContenderId = (typeof contenderIds)[number]
