import { QueueError, StorageError } from '../errors.ts'
import type { Random } from '../random.ts'

const baseMs = 100
const maxMs = 5_000

/**
 * How long to wait after the `failures`-th failure in a row, from 1, of a call to storage. A conflict is over at once;
 * everything else doubles up to five seconds. Half of the wait is random: a fleet must not come back as one.
 */
export function backoffMs(error: unknown, failures: number, random: Random): number {
  if (StorageError.isInstance(error) && error.kind === 'conflict' && failures <= 20) return 5 + random.number() * 45
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 10))
  return full / 2 + (random.number() * full) / 2
}

/** The driver was closed under the worker: no further call can succeed. */
export function isClosed(error: unknown): boolean {
  return QueueError.isInstance(error) && error.code === 'GPQ_CLOSED'
}
