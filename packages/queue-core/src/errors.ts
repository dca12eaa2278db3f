import { QueueError, withCode } from './queue-error.ts'

export { QueueError, queueErrorCodes, type QueueErrorCode } from './queue-error.ts'

/** One thing a schema or the encoder did not accept. */
export interface PayloadIssue {
  /** Where, as a JSON path: `$.user.name`. */
  readonly path: string
  readonly message: string
}

/** The payload does not fit its schema or cannot be stored as JSON. Nothing was stored. */
export class InvalidPayloadError extends QueueError {
  readonly type: string
  readonly issues: readonly PayloadIssue[]
  constructor(type: string, issues: readonly PayloadIssue[], options?: { cause?: unknown }) {
    const facts = issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')
    super('GPQ_INVALID_PAYLOAD', `The payload of "${type}" is not valid: ${facts}`, options)
    this.type = type
    this.issues = issues
  }
  static override readonly isInstance = withCode<InvalidPayloadError>('GPQ_INVALID_PAYLOAD')
}

/** The payload, meta or tags are larger than the limit, in bytes of UTF-8. Nothing was stored. */
export class PayloadTooLargeError extends QueueError {
  readonly type: string
  /** Undefined when it is so large that it was not written to the end. */
  readonly bytes: number | undefined
  readonly limit: number
  constructor(type: string, what: string, bytes: number | undefined, limit: number) {
    super(
      'GPQ_PAYLOAD_TOO_LARGE',
      `The ${what} of "${type}" has ${bytes ?? 'far too many'} bytes; the limit is ${limit}. Store the data elsewhere and dispatch a reference to it.`,
    )
    this.type = type
    this.bytes = bytes
    this.limit = limit
  }
  static override readonly isInstance = withCode<PayloadTooLargeError>('GPQ_PAYLOAD_TOO_LARGE')
}

/** An option has a value it cannot have. */
export class InvalidOptionError extends QueueError {
  readonly option: string
  constructor(option: string, message: string) {
    super('GPQ_INVALID_OPTION', `${option}: ${message}`)
    this.option = option
  }
  static override readonly isInstance = withCode<InvalidOptionError>('GPQ_INVALID_OPTION')
}

/** Two definitions in one registry have the same type. */
export class DuplicateTypeError extends QueueError {
  readonly type: string
  constructor(type: string) {
    super('GPQ_DUPLICATE_TYPE', `Two jobs have the type "${type}". Every type is registered once; rename one of them.`)
    this.type = type
  }
  static override readonly isInstance = withCode<DuplicateTypeError>('GPQ_DUPLICATE_TYPE')
}

/** The definition is not one this queue was made with. */
export class UnknownJobError extends QueueError {
  readonly type: string
  constructor(type: string) {
    super('GPQ_UNKNOWN_JOB', `The job "${type}" is not registered with this queue. Add it to \`jobs\` of the Queue.`)
    this.type = type
  }
  static override readonly isInstance = withCode<UnknownJobError>('GPQ_UNKNOWN_JOB')
}

/** A worker was asked to run a definition that has no handler. */
export class MissingHandlerError extends QueueError {
  readonly types: readonly string[]
  constructor(types: readonly string[]) {
    super(
      'GPQ_MISSING_HANDLER',
      `No handler for ${types.map((type) => `"${type}"`).join(', ')}. Register \`definition.handledBy(…)\` where workers are made.`,
    )
    this.types = types
  }
  static override readonly isInstance = withCode<MissingHandlerError>('GPQ_MISSING_HANDLER')
}

/** A dispatch with `unique: { onConflict: 'reject' }` met a job that holds the key. Nothing of the call was stored. */
export class DuplicateJobError extends QueueError {
  readonly type: string
  readonly key: string
  readonly holder: string
  constructor(type: string, key: string, holder: string) {
    super(
      'GPQ_DUPLICATE_JOB',
      `Job ${holder} of type "${type}" holds the unique key "${key}". It is free when that job has ended; with onConflict 'return' the holder is answered.`,
    )
    this.type = type
    this.key = key
    this.holder = holder
  }
  static override readonly isInstance = withCode<DuplicateJobError>('GPQ_DUPLICATE_JOB')
}

/** A dispatch outside a transaction would have gone over `maxPending`. Nothing of the call was stored. */
export class QueueFullError extends QueueError {
  /** Undefined when the limit is for all queues together. */
  readonly queue: string | undefined
  /** Jobs that waited, by a count at most a second old and what this process added since. */
  readonly pending: number
  readonly limit: number
  constructor(queue: string | undefined, pending: number, limit: number) {
    const where = queue === undefined ? 'in all queues' : `in the queue "${queue}"`
    super(
      'GPQ_QUEUE_FULL',
      `${pending} jobs wait ${where} and \`maxPending\` is ${limit}: this call does not fit. Dispatch again later, or let more workers run.`,
    )
    this.queue = queue
    this.pending = pending
    this.limit = limit
  }
  static override readonly isInstance = withCode<QueueFullError>('GPQ_QUEUE_FULL')
}

/** Thrown by a handler: the job fails now and is never retried. */
export class PermanentError extends QueueError {
  constructor(message: string, options?: { cause?: unknown })
  constructor(cause: unknown)
  constructor(messageOrCause: unknown, options?: { cause?: unknown }) {
    if (typeof messageOrCause === 'string') super('GPQ_PERMANENT', messageOrCause, options)
    else super('GPQ_PERMANENT', messageOf(messageOrCause), { cause: messageOrCause })
  }
  static override readonly isInstance = withCode<PermanentError>('GPQ_PERMANENT')
}

function messageOf(cause: unknown): string {
  try {
    const message: unknown = (cause as { message?: unknown } | null | undefined)?.message
    return typeof message === 'string' ? message : String(cause)
  } catch {
    return 'permanent error'
  }
}

/** The handler ran longer than its timeout. An error like others: the retry policy decides. */
export class TimeoutError extends QueueError {
  readonly timeoutMs: number
  constructor(type: string, timeoutMs: number) {
    super(
      'GPQ_TIMEOUT',
      `"${type}" did not end within ${timeoutMs} ms. Raise its \`timeout\`, or let it do less in one attempt.`,
    )
    this.timeoutMs = timeoutMs
  }
  static override readonly isInstance = withCode<TimeoutError>('GPQ_TIMEOUT')
}

/** Why a running handler was told to stop, other than its own timeout. */
export type AbortReason = 'lease_lost' | 'cancelled' | 'shutdown'

/** The reason of `context.signal` when the attempt is over before its handler is. */
export class JobAbortedError extends QueueError {
  readonly reason: AbortReason
  constructor(reason: AbortReason) {
    super('GPQ_ABORTED', abortMessages[reason])
    this.reason = reason
  }
  static override readonly isInstance = withCode<JobAbortedError>('GPQ_ABORTED')
}
const abortMessages: Record<AbortReason, string> = {
  lease_lost: 'The lease of this job is lost: another worker may run it now, and nothing this attempt writes applies.',
  cancelled: 'The job was cancelled.',
  shutdown: 'The worker is stopping; the job is given back and runs again elsewhere.',
}

/** `waitFor` did not see the job end in time. The job goes on. */
export class WaitTimeoutError extends QueueError {
  readonly jobId: string
  constructor(jobId: string, timeoutMs: number) {
    super(
      'GPQ_WAIT_TIMEOUT',
      `Job ${jobId} did not end within ${timeoutMs} ms. It goes on: wait longer, or look with \`find\`.`,
    )
    this.jobId = jobId
  }
  static override readonly isInstance = withCode<WaitTimeoutError>('GPQ_WAIT_TIMEOUT')
}

/** The job ended as failed or cancelled; for `waitFor`, `cause` is the stored error of its last attempt. */
export class JobNotFinishedError extends QueueError {
  readonly jobId: string
  readonly state: 'failed' | 'cancelled'
  readonly reason: string | undefined
  constructor(jobId: string, state: 'failed' | 'cancelled', reason: string | undefined, cause: unknown) {
    const facts = `${state}${reason === undefined ? '' : ` (${reason})`}`
    super('GPQ_JOB_NOT_FINISHED', `Job ${jobId} is ${facts}. \`queue.retry\` reopens it.`, { cause })
    this.jobId = jobId
    this.state = state
    this.reason = reason
  }
  static override readonly isInstance = withCode<JobNotFinishedError>('GPQ_JOB_NOT_FINISHED')
}

/** No job has this id; it was never dispatched, its transaction rolled back, or retention removed it. */
export class JobNotFoundError extends QueueError {
  readonly jobId: string
  constructor(jobId: string) {
    super('GPQ_JOB_NOT_FOUND', `There is no job ${jobId}: never committed, or removed by retention.`)
    this.jobId = jobId
  }
  static override readonly isInstance = withCode<JobNotFoundError>('GPQ_JOB_NOT_FOUND')
}

/** The storage driver lacks what was asked for. */
export class UnsupportedError extends QueueError {
  readonly driver: string
  constructor(driver: string, what: string) {
    super(
      'GPQ_UNSUPPORTED',
      `The ${driver} driver does not support ${what}. Use a driver whose capabilities include it.`,
    )
    this.driver = driver
  }
  static override readonly isInstance = withCode<UnsupportedError>('GPQ_UNSUPPORTED')
}

/**
 * What went wrong in storage, as far as the caller must know to act:
 * `conflict` try again at once; `connection` try again after a pause, the outcome of this call is unknown;
 * `capacity` out of space or connections; `refused` this very data cannot be stored, do not repeat it;
 * `corrupt` stop; `other` unknown.
 */
export type StorageErrorKind = 'conflict' | 'connection' | 'capacity' | 'refused' | 'corrupt' | 'other'

/** A storage driver could not do its work; `cause` is the database's own error. */
export class StorageError extends QueueError {
  readonly kind: StorageErrorKind
  constructor(kind: StorageErrorKind, message: string, options?: { cause?: unknown }) {
    super('GPQ_STORAGE', message, options)
    this.kind = kind
  }
  static override readonly isInstance = withCode<StorageError>('GPQ_STORAGE')
}

/** The dispatch cannot join the transaction it was asked to join, or that transaction is already broken. */
export class TransactionError extends QueueError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('GPQ_TRANSACTION', message, options)
  }
  static override readonly isInstance = withCode<TransactionError>('GPQ_TRANSACTION')
}

/** The schema in the database is missing, older or newer than this version of the driver. */
export class SchemaError extends QueueError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('GPQ_SCHEMA', message, options)
  }
  static override readonly isInstance = withCode<SchemaError>('GPQ_SCHEMA')
}

/** The queue was closed. */
export class QueueClosedError extends QueueError {
  constructor() {
    super('GPQ_CLOSED', 'The queue is closed. Make a new Queue, or close this one later.')
  }
  static override readonly isInstance = withCode<QueueClosedError>('GPQ_CLOSED')
}
