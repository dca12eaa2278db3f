import { fill } from '../scenarios/casting.ts'
import { query } from '../contenders/postgres-query.ts'
import type { Setting } from '../scenario.ts'
import { countJobs, makeHistory, putAtHead } from './history.ts'
import { drainSome } from './drain-some.ts'
import type { Case, Study } from './study.ts'
import { trickle } from './trickle.ts'

const drained = 50_000
const scaled = (setting: Setting, jobs: number) => Math.max(1_000, Math.round(jobs * setting.scale))

/** (a) A claim must not depend on how many jobs wait behind those it takes. */
export const deepQueue: Study = {
  id: 'deep-queue',
  title: 'Drain 50,000 jobs of a queue in which more wait',
  goal: 'within 10 %',
  cases: [waiting('50,000 wait', drained), waiting('1,000,000 wait', 1_000_000)],
}

function waiting(title: string, jobs: number): Case {
  const measured = (setting: Setting) => Math.min(scaled(setting, drained), scaled(setting, jobs))
  return {
    title,
    prepare: (setting) => fill(setting, scaled(setting, jobs) - measured(setting)),
    async measure(setting) {
      await fill(setting, measured(setting))
      return drainSome(setting, { jobs: measured(setting) })
    },
  }
}

/** (b) Nor on how many have ended. */
export const longHistory: Study = {
  id: 'long-history',
  title: 'Drain 50,000 jobs beside finished ones',
  goal: 'within 10 %',
  cases: [history('none', 0), history('10,000,000 finished', 10_000_000)],
}

function history(title: string, jobs: number): Case {
  return {
    title,
    prepare: (setting) => makeHistory(setting.url, Math.round(jobs * setting.scale)),
    async measure(setting) {
      await fill(setting, scaled(setting, drained))
      return drainSome(setting, { jobs: scaled(setting, drained) })
    },
  }
}

/** (c) Jobs that this worker may not run stand before those it may. */
export const foreignHead: Study = {
  id: 'foreign-head',
  title: 'Drain 50,000 jobs, and start single ones, behind jobs that this worker may not run',
  goal: 'costs at most 20 %',
  cases: [
    behind('none', 0, 'unknown'),
    behind('100,000 of an unknown type', 100_000, 'unknown'),
    behind('100,000 of a paused type', 100_000, 'paused'),
  ],
}

function behind(title: string, jobs: number, type: 'unknown' | 'paused'): Case {
  const settings = type === 'paused' ? { alsoKnows: type } : {}
  return {
    title,
    async prepare({ url, scale }) {
      await putAtHead(url, { jobs: Math.round(jobs * scale), type })
      if (type === 'paused') await query(url, `insert into goplate_queue.pause (kind, name) values ('type', 'paused')`)
    },
    async measure(setting) {
      await fill(setting, scaled(setting, drained))
      const figures = await drainSome(setting, { jobs: scaled(setting, drained), settings })
      const single = await trickle(setting, { do: 'paced', jobs: 100, gapMs: 15 }, { settings })
      return { ...figures, pickupP50Ms: single.p50Ms!, pickupServerCpuUsPerJob: single.serverCpuUsPerJob! }
    },
  }
}

/** (d) Old jobs are removed while others are worked on. */
export const retention: Study = {
  id: 'retention',
  title: 'Drain 300,000 jobs beside 1,000,000 ended ones, while those are removed',
  goal: 'costs at most 5 %',
  freshEachRound: true,
  cases: [removing('kept', '24h'), removing('removed', '1h')],
}

function removing(title: string, kept: '24h' | '1h'): Case {
  return {
    title,
    prepare: async (setting) => {
      await makeHistory(setting.url, Math.round(1_000_000 * setting.scale))
      await fill(setting, scaled(setting, 300_000))
    },
    async measure(setting) {
      const before = await countJobs(setting.url)
      // The walk of a worker that keeps everything looks at the same jobs; here it does not walk at all.
      const settings = kept === '1h' ? { settings: { retention: kept } as const } : {}
      const figures = await drainSome(setting, { jobs: scaled(setting, 300_000), ...settings })
      return { ...figures, removed: before - (await countJobs(setting.url)) }
    },
  }
}
