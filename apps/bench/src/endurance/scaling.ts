import { query } from '../contenders/postgres-query.ts'
import type { Request } from '../processes/role-messages.ts'
import { fill } from '../scenarios/casting.ts'
import type { Setting } from '../scenario.ts'
import { drainSome } from './drain-some.ts'
import type { Case, Figures, Study } from './study.ts'
import { trickle } from './trickle.ts'

const scaled = (setting: Setting, jobs: number) => Math.max(500, Math.round(jobs * setting.scale))
const nothing = async () => {}

/** (g) */
export const workers: Study = {
  id: 'workers',
  title: 'Drain 100,000 jobs with more and more worker processes',
  goal: 'statements and empty claims for each job stay bounded',
  cases: [1, 2, 4, 8, 16].map((many): Case => ({
    title: `${many} worker${many === 1 ? '' : 's'}`,
    prepare: nothing,
    async measure(setting) {
      const jobs = scaled(setting, 100_000)
      await fill(setting, jobs)
      return drainSome(setting, { jobs, workers: many })
    },
  })),
}

/** Up to four processes; beyond that more callers in each. */
export const producers: Study = {
  id: 'producers',
  title: 'Dispatch one by one with more and more callers, no worker',
  goal: 'published',
  cases: [1, 4, 16, 64].map((many): Case => {
    const processes = Math.min(4, many)
    return {
      title: `${many} caller${many === 1 ? '' : 's'}`,
      prepare: nothing,
      async measure(setting) {
        const jobs = Math.ceil(scaled(setting, many === 1 ? 5_000 : 20_000) / processes)
        const request = { do: 'single', jobs, callers: many / processes } as const
        const { jobsPerSecond, statementsPer1000, walBytesPerJob, serverCpuUsPerJob } = await trickle(
          setting,
          request,
          {
            ...{ producers: processes, workers: 0 },
          },
        )
        await query(setting.url, 'truncate goplate_queue.job, goplate_queue.ready')
        return {
          jobsPerSecond: jobsPerSecond!,
          statementsPer1000: statementsPer1000!,
          walBytesPerJob: walBytesPerJob!,
          ...(serverCpuUsPerJob !== undefined && { serverCpuUsPerJob }),
        }
      },
    }
  }),
}

/** Whether many dispatches make many claims. */
export const steady: Study = {
  id: 'steady',
  title: 'Dispatches at full speed while workers run, calls of 1 and of 10 jobs',
  goal: '10,000 dispatches a second do not multiply claims',
  cases: [
    meeting('1 job a call, 1 worker', { workers: 1 }, { do: 'single', jobs: 10_000, callers: 16 }),
    meeting('1 job a call, 4 workers', { workers: 4 }, { do: 'single', jobs: 10_000, callers: 16 }),
    meeting('10 jobs a call, 1 worker', { workers: 1 }, { do: 'bulk', jobs: 30_000, batch: 10 }),
    meeting('10 jobs a call, 4 workers', { workers: 4 }, { do: 'bulk', jobs: 30_000, batch: 10 }),
  ],
}

type Meeting = Extract<Request, { do: 'single' | 'bulk' }>

function meeting(title: string, cast: { workers: number }, request: Meeting): Case {
  return {
    title,
    prepare: nothing,
    measure: (setting): Promise<Figures> =>
      trickle(setting, { ...request, jobs: scaled(setting, request.jobs) }, { ...cast, producers: 2 }),
  }
}
