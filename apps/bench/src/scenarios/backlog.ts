import pg from 'pg'
import type { ContenderId } from '../contender.ts'
import type { Measurement } from '../results.ts'
import type { Scenario, Setting } from '../scenario.ts'
import { assertDone, fill, withRoles, jobsOf } from './casting.ts'
import { handledBy, measured, secondsBetween, sum } from './measured.ts'

const contenders: readonly ContenderId[] = ['goplate-postgres', 'raw-postgres-keep', 'graphile-worker', 'pg-boss']

export const deepBacklog: Scenario = {
  id: 'deep-backlog',
  number: 'S6',
  title: 'Drain a backlog of 500,000',
  figure: 'jobsPerSecond',
  contenders,
  run: deep,
}

export const heldSnapshot: Scenario = {
  id: 'held-snapshot',
  number: 'S6b',
  title: 'The same while another session holds a snapshot',
  figure: 'jobsPerSecond',
  contenders,
  async run(setting) {
    const session = new pg.Client({ connectionString: setting.url })
    await session.connect()
    await session.query('begin isolation level repeatable read')
    await session.query('select txid_current_snapshot()')
    try {
      return await deep(setting)
    } finally {
      await session.end()
    }
  },
}

async function deep(setting: Setting): Promise<Measurement> {
  const jobs = jobsOf(500_000, setting)
  await fill(setting, jobs)
  let thirds: Pick<Measurement, 'firstThirdPerSecond' | 'lastThirdPerSecond'> = {}
  const measurement = await withRoles(setting, { workers: 1 }, ({ workers }) =>
    measured(setting, async () => {
      const worker = workers[0]!
      await worker.ask({ do: 'work' }, 'working')
      await handledBy(workers, jobs)
      const { use, seen } = await worker.ask({ do: 'stop' }, 'stopped')
      await assertDone(setting, seen.jobs, jobs)
      thirds = thirdsOf(seen.perTenth)
      return { jobs, seconds: secondsBetween([seen]), uses: [use] }
    }),
  )
  return { ...measurement, ...thirds }
}

/** Rates of the first and the last third of the time. The last tenth of a second is seldom a whole one. */
function thirdsOf(perTenth: readonly number[]): Pick<Measurement, 'firstThirdPerSecond' | 'lastThirdPerSecond'> {
  const whole = perTenth.slice(0, -1)
  const third = Math.floor(whole.length / 3)
  if (third === 0) return {}
  const rate = (counts: readonly number[]) => (sum(counts) / counts.length) * 10
  return { firstThirdPerSecond: rate(whole.slice(0, third)), lastThirdPerSecond: rate(whole.slice(-third)) }
}
