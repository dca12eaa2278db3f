import type { Clock, Timer } from '../clock.ts'
import type { JobCount, StorageDriver } from '../driver/storage-driver.ts'

const healthTimeoutMs = 5_000

/** Whether the queue's storage answers, how fast, and what waits in it. */
export interface QueueHealth {
  readonly ok: boolean
  readonly driver: string
  readonly latencyMs: number
  /** Pending jobs that are due, and how long the oldest has waited, in milliseconds. Absent when storage does not answer. */
  readonly due?: { readonly count: number; readonly oldestMs: number }
  readonly running?: number
  /** Why it is not ok. */
  readonly error?: unknown
}

/** Asks storage one cheap question that needs its tables. Never throws; gives up after 5 s. */
export async function checkHealth(driver: StorageDriver<never>, clock: Clock): Promise<QueueHealth> {
  const started = clock.monotonic()
  const done = (facts: Omit<QueueHealth, 'driver' | 'latencyMs'>): QueueHealth => ({
    ...facts,
    driver: driver.name,
    latencyMs: clock.monotonic() - started,
  })
  let timer: Timer | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = clock.setTimer(healthTimeoutMs, () => reject(new Error(`no answer within ${healthTimeoutMs} ms`)))
  })
  try {
    const counts = driver.count({ filter: { states: ['pending', 'running'] } })
    return done({ ok: true, ...summary(await Promise.race([counts, late])) })
  } catch (error) {
    return done({ ok: false, error })
  } finally {
    timer?.cancel()
  }
}

function summary(counts: readonly JobCount[]): Required<Pick<QueueHealth, 'due' | 'running'>> {
  let running = 0
  let count = 0
  let oldestMs = 0
  for (const row of counts) {
    if (row.state === 'running') running += row.count
    count += row.due?.count ?? 0
    oldestMs = Math.max(oldestMs, row.due?.oldestMs ?? 0)
  }
  return { due: { count, oldestMs }, running }
}
