import { quantile } from '../measure/figures.ts'
import type { RoleUse, Seen } from '../processes/role-messages.ts'
import type { RoleProcess } from '../processes/role-process.ts'
import type { Measurement } from '../results.ts'
import type { Setting } from '../scenario.ts'
import type { Usage } from '../stores/store.ts'

export interface Work {
  readonly jobs: number
  readonly seconds: number
  readonly uses: readonly RoleUse[]
}

/** What the store spent on `work`, and what it came to. */
export async function measured(setting: Setting, work: () => Promise<Work>): Promise<Measurement> {
  await setting.store.settle()
  const before = await setting.store.usage()
  const { jobs, seconds, uses } = await work()
  const after = await setting.store.usage()
  return {
    jobs,
    jobsPerSecond: jobs / seconds,
    clientCpuUsPerJob: sum(uses.map(({ cpuUs }) => cpuUs)) / jobs,
    ...perJob({ before, after, jobs }),
    ...(setting.store.kind === 'postgresql' && {
      statementsPerJob: sum(uses.map(({ statements }) => statements)) / jobs,
    }),
    rssMiB: Math.max(...uses.map(({ rssMiB }) => rssMiB)),
  }
}

function perJob({ before, after, jobs }: { before: Usage; after: Usage; jobs: number }) {
  const { walBytes } = after
  return {
    ...(!Number.isNaN(after.cpuUs) && { serverCpuUsPerJob: (after.cpuUs - before.cpuUs) / jobs }),
    ...(walBytes !== undefined && { walBytesPerJob: (walBytes - (before.walBytes ?? 0)) / jobs }),
  }
}

/** From the first job that any worker handled to the last. */
export function secondsBetween(seen: readonly Seen[]): number {
  const worked = seen.filter(({ jobs }) => jobs > 0)
  const first = Math.min(...worked.map(({ firstUs }) => firstUs))
  const last = Math.max(...worked.map(({ lastUs }) => lastUs))
  return (last - first) / 1e6
}

export function waitsOf(seen: readonly Seen[]): Pick<Measurement, 'p50Ms' | 'p99Ms'> {
  const waits = seen.flatMap(({ waitsUs }) => waitsUs)
  return { p50Ms: quantile(waits, 0.5) / 1_000, p99Ms: quantile(waits, 0.99) / 1_000 }
}

/** Resolves when the workers together have handled so many jobs; rejects when none was handled for a minute. */
export function handledBy(workers: readonly RoleProcess[], jobs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = -1
    const quiet = setInterval(() => {
      const now = sum(workers.map(({ handled }) => handled))
      if (now === seen) finish(() => reject(new Error(`Stands still at ${now} of ${jobs} jobs.`)))
      seen = now
    }, 60_000)
    const finish = (how: () => void) => {
      clearInterval(quiet)
      how()
    }
    const look = () => {
      if (sum(workers.map(({ handled }) => handled)) >= jobs) finish(resolve)
    }
    for (const worker of workers) worker.onProgress(look)
    look()
  })
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
