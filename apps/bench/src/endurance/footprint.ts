import { query } from '../contenders/postgres-query.ts'
import { RoleProcess } from '../processes/role-process.ts'
import { fill } from '../scenarios/casting.ts'
import { handledBy } from '../scenarios/measured.ts'
import type { Setting } from '../scenario.ts'
import { drainSome } from './drain-some.ts'
import type { Figures, Study } from './study.ts'

const million = (setting: Setting) => Math.max(1_000, Math.round(1_000_000 * setting.scale))

/** (e) What a worker still holds after many jobs. */
export const memory: Study = {
  id: 'memory',
  title: 'Memory of one worker over 1,000,000 jobs, after a forced collection of garbage',
  goal: 'flat from 100,000 on',
  freshEachRound: true,
  cases: [
    {
      title: 'one worker',
      prepare: (setting) => fill(setting, million(setting)),
      measure: weights,
    },
  ],
}

async function weights(setting: Setting): Promise<Figures> {
  const { contender, url } = setting
  const worker = await RoleProcess.start({ contender, part: 'consume', url })
  const figures: Record<string, number> = {}
  const weigh = async (at: string) => {
    const { weight } = await worker.ask({ do: 'weigh' }, 'weighed')
    figures[`rssMiB${at}`] = weight.rssMiB
    figures[`heapMiB${at}`] = weight.heapMiB
  }
  try {
    await weigh('AtStart')
    await worker.ask({ do: 'work', keepWaits: false }, 'working')
    for (const part of [0.1, 0.5, 1]) {
      await handledBy([worker], Math.floor(million(setting) * part))
      await weigh(`At${part * 100}%`)
    }
    await worker.ask({ do: 'stop' }, 'stopped')
  } finally {
    await worker.end()
  }
  return figures
}

/** (f) What a finished job leaves on the disk, table by table, indexes included. */
export const disk: Study = {
  id: 'disk',
  title: 'Bytes on disk for each of 1,000,000 finished jobs (payload of 110 bytes, no result)',
  goal: 'published',
  freshEachRound: true,
  cases: [
    {
      title: 'after a drain by one worker',
      prepare: (setting) => fill(setting, million(setting)),
      async measure(setting) {
        await drainSome(setting, { jobs: million(setting) })
        await query(setting.url, 'vacuum')
        return sizes(setting)
      },
    },
  ],
}

async function sizes(setting: Setting): Promise<Figures> {
  const rows = await query<{ name: string; bytes: string }>(
    setting.url,
    `select relname as name, pg_total_relation_size(oid) as bytes from pg_class
     where relnamespace = 'goplate_queue'::regnamespace and relkind = 'r' order by 2 desc`,
  )
  const per = rows.map(({ name, bytes }) => [name, Number(bytes) / million(setting)] as const)
  const total = per.reduce((all, [, bytes]) => all + bytes, 0)
  return { total, ...Object.fromEntries(per.filter(([, bytes]) => bytes >= 1)) }
}
