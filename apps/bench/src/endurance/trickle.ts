import type { WorkerSettings } from '../contender.ts'
import { quantile } from '../measure/figures.ts'
import { RoleProcess } from '../processes/role-process.ts'
import type { Request } from '../processes/role-messages.ts'
import { handledBy, measured, sum } from '../scenarios/measured.ts'
import type { Setting } from '../scenario.ts'
import { perThousand } from './drain-some.ts'
import type { Figures } from './study.ts'

export interface Cast {
  readonly producers?: number
  readonly workers?: number
  readonly settings?: WorkerSettings
}

type Dispatching = Extract<Request, { do: 'bulk' | 'single' | 'paced' }>

/** Every producer dispatches what `request` says while the workers run. */
export async function trickle(setting: Setting, request: Dispatching, cast: Cast): Promise<Figures> {
  const { contender, url } = setting
  const { producers: makers = 1, workers: hands = 1, settings = {} } = cast
  const start = (part: 'produce' | 'consume', many: number) =>
    Promise.all(Array.from({ length: many }, () => RoleProcess.start({ contender, part, url, settings })))
  const workers = await start('consume', hands)
  const producers = await start('produce', makers)
  const jobs = request.jobs * makers
  let more: Figures = {}
  try {
    const { serverCpuUsPerJob, walBytesPerJob } = await measured(setting, async () => {
      await Promise.all(workers.map((worker) => worker.ask({ do: 'work' }, 'working')))
      const spans = await Promise.all(producers.map((producer) => producer.ask(request, 'produced')))
      if (hands > 0) await handledBy(workers, jobs)
      const made = await Promise.all(producers.map((producer) => producer.ask({ do: 'stop' }, 'stopped')))
      const worked = await Promise.all(workers.map((worker) => worker.ask({ do: 'stop' }, 'stopped')))
      const seconds = spanOf(spans)
      const waits = worked.flatMap(({ seen }) => seen.waitsUs)
      const uses = worked.map(({ use }) => use)
      more = {
        jobsPerSecond: jobs / seconds,
        ...(hands > 0 && { p50Ms: quantile(waits, 0.5) / 1_000, p99Ms: quantile(waits, 0.99) / 1_000 }),
        ...(hands > 0 && { claimsPerSecond: sum(uses.map(({ claims }) => claims)) / seconds }),
        ...perThousand(hands > 0 ? uses : made.map(({ use }) => use), jobs),
      }
      return { jobs, seconds, uses: [...uses, ...made.map(({ use }) => use)] }
    })
    return {
      ...more,
      walBytesPerJob: walBytesPerJob ?? 0,
      ...(serverCpuUsPerJob !== undefined && { serverCpuUsPerJob }),
    }
  } finally {
    await Promise.all([...workers, ...producers].map((role) => role.end()))
  }
}

function spanOf(spans: readonly { fromUs: number; toUs: number }[]): number {
  return (Math.max(...spans.map(({ toUs }) => toUs)) - Math.min(...spans.map(({ fromUs }) => fromUs))) / 1e6
}
