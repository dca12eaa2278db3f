import { contenderIds } from '../contender.ts'
import type { Measurement } from '../results.ts'
import type { Scenario, Setting } from '../scenario.ts'
import { assertDone, fill, withRoles, jobsOf } from './casting.ts'
import { handledBy, measured, secondsBetween, sum } from './measured.ts'

export const drain: Scenario = {
  id: 'drain',
  number: 'S2',
  title: 'Drain a backlog of 50,000, one worker process',
  figure: 'jobsPerSecond',
  contenders: contenderIds,
  run: (setting) => draining(setting, 1),
}

export const drainTwo: Scenario = {
  id: 'drain-two',
  number: 'S3',
  title: 'Drain a backlog of 50,000, two worker processes',
  figure: 'jobsPerSecond',
  contenders: [
    ...(['goplate-postgres', 'raw-postgres-keep', 'raw-postgres-delete', 'graphile-worker', 'pg-boss'] as const),
    ...(['bullmq', 'goplate-sqlite', 'raw-sqlite-keep', 'raw-sqlite-delete', 'plainjob'] as const),
  ],
  run: (setting) => draining(setting, 2),
}

async function draining(setting: Setting, workers: number): Promise<Measurement> {
  const jobs = jobsOf(50_000, setting)
  await fill(setting, jobs)
  const measurement = await withRoles(setting, { workers }, (roles) =>
    measured(setting, async () => {
      await Promise.all(roles.workers.map((worker) => worker.ask({ do: 'work' }, 'working')))
      await handledBy(roles.workers, jobs)
      const stopped = await Promise.all(roles.workers.map((worker) => worker.ask({ do: 'stop' }, 'stopped')))
      const seen = stopped.map((worker) => worker.seen)
      await assertDone(setting, sum(seen.map((one) => one.jobs)), jobs)
      return { jobs, seconds: secondsBetween(seen), uses: stopped.map(({ use }) => use) }
    }),
  )
  return measurement
}
