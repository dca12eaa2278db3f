const marker = Symbol.for('goplate.queue.error')

/** Every error code of the queue; `docs/errors.md` explains each. */
export const queueErrorCodes = [
  'GPQ_INVALID_PAYLOAD',
  'GPQ_PAYLOAD_TOO_LARGE',
  'GPQ_INVALID_OPTION',
  'GPQ_DUPLICATE_TYPE',
  'GPQ_UNKNOWN_JOB',
  'GPQ_MISSING_HANDLER',
  'GPQ_DUPLICATE_JOB',
  'GPQ_QUEUE_FULL',
  'GPQ_PERMANENT',
  'GPQ_TIMEOUT',
  'GPQ_ABORTED',
  'GPQ_WAIT_TIMEOUT',
  'GPQ_JOB_NOT_FINISHED',
  'GPQ_JOB_NOT_FOUND',
  'GPQ_UNSUPPORTED',
  'GPQ_STORAGE',
  'GPQ_TRANSACTION',
  'GPQ_SCHEMA',
  'GPQ_CLOSED',
] as const
export type QueueErrorCode = (typeof queueErrorCodes)[number]

/**
 * The base of every error the queue throws. Compare `code`, or use the `isInstance` of the class: it also recognises
 * errors of a second installed copy of this package.
 */
export class QueueError extends Error {
  readonly code: QueueErrorCode
  readonly [marker] = true

  constructor(code: QueueErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }

  static readonly isInstance: (error: unknown) => error is QueueError = withCode()
}

/** Finds errors by marker and code: `instanceof` fails between two installed copies, and throws on a hostile proxy. */
export function withCode<E extends QueueError>(code?: QueueErrorCode): (error: unknown) => error is E {
  return (error): error is E => {
    try {
      if (typeof error !== 'object' || error === null || !(marker in error)) return false
      return code === undefined || (error as QueueError).code === code
    } catch {
      return false
    }
  }
}
