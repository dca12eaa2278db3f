import type { Clock, Timer } from '../clock.ts'
import { parseDuration, type Duration } from '../duration.ts'
import { WaitTimeoutError } from '../errors.ts'
import type { JobId } from '../job/stored-job.ts'
import { resultOf } from './job-result.ts'
import type { JobWaiter } from './job-waiter.ts'

export interface WaitOptions {
  /** Default: for ever. */
  readonly timeout?: Duration
  readonly signal?: AbortSignal
}

/** What waiting for a job comes to, unless the time or the signal of the one who waits is over first. */
export async function waitForEnd(
  id: JobId,
  { timeout, signal }: WaitOptions,
  { waiter, clock }: { readonly waiter: JobWaiter; readonly clock: Clock },
): Promise<unknown> {
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout, 'timeout')
  const { ended, giveUp } = waiter.wait(id)
  let timer: Timer | undefined
  let onAbort: (() => void) | undefined
  const interrupted = new Promise<never>((_resolve, reject) => {
    if (timeoutMs !== undefined) timer = clock.setTimer(timeoutMs, () => reject(new WaitTimeoutError(id, timeoutMs)))
    onAbort = () => reject(signal?.reason as Error)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return resultOf(id, await Promise.race([ended, interrupted]))
  } finally {
    giveUp()
    timer?.cancel()
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
  }
}
