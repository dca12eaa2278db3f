import type { StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { tablesOf } from '../../src/sqlite/tables.ts'
import { claimOf, newJob } from './new-job.ts'
import { sqliteOrm } from './sqlite-orm.ts'

const prefix = 'goplate_queue_'
const tables = tablesOf(prefix)
const large = [tables.job, tables.ready, tables.later, tables.outcome]

/** Statements that people's questions need and workers do not: they may read a whole table. */
const forPeople = [/^\s*select queue, type, state, count\(\*\)/, /^\s*select \(select min\(id\)/]

/** The first rows in the order of the primary key: called a scan, and ended by its limit. */
const headOfLater = /^\s*select available_at as at.* from \w+_later order by available_at(, job)? limit 1( |$)/

let orm: MikroORM
let texts: string[]
beforeAll(async () => {
  orm = await sqliteOrm()
  const driver = sqliteDriver(orm)
  await driver.migrations!.migrate()
  const native = await orm.driver.getConnection('write').getNativeClient()
  const prepare = native.prepare.bind(native)
  const seen = new Set<string>()
  native.prepare = (text: string) => {
    seen.add(text)
    return prepare(text)
  }
  await everyVerb(driver)
  native.prepare = prepare
  texts = [...seen].filter((text) => /^\s*(select|insert|update|delete|with)/i.test(text))
})
afterAll(() => orm.close(true))

async function everyVerb(driver: StorageDriver<MikroOrmCaller>): Promise<void> {
  const rich = { unique: { key: 'k', onConflict: 'return' as const }, tags: ['a'], expiresAt: Date.now() + 60_000 }
  await driver.dispatch({ jobs: [newJob(), newJob(rich), newJob({ delayMs: 1 }), newJob()], caller: {}, now: 1000 })
  await driver.dispatch({ jobs: [newJob({ delayMs: 60_000 })], caller: {}, now: 1000 })
  const { jobs } = await driver.claim(claimOf({ now: 2000, queues: [{ queue: 'default', limit: 3 }] }))
  const outcomes = ['finished', 'retried', 'released'] as const
  const settlements = jobs.map(({ claim }, index) => {
    return { claim, outcome: outcomes[index]!, waitMs: 0, durationMs: 1, delayMs: 60_000 }
  })
  await driver.settle({ worker: 'worker-1', settlements, now: 3000 })
  const lease = claimOf({ now: 3000 })
  await driver.claim(lease)
  await driver.extend({ leases: [lease.leaseId], leaseMs: 1000, now: 3000 })
  await driver.cancel({ ids: ['1', '2', '4', '5'], now: 3000 })
  const { expired } = await driver.reap({ confirmed: [], now: 9000 })
  await driver.reap({ confirmed: expired, now: 9000 })
  await driver.claim(claimOf({ solo: true, now: 9000 }))
  await driver.retry({ ids: ['1', '5'], from: ['finished', 'cancelled'], now: 9000 })
  await driver.find({ ids: ['1', '2', '3', '4', '5'], history: true })
  await driver.list({ filter: { states: ['pending'] }, limit: 10 })
  await driver.count({ filter: {} })
  await driver.prune({ limit: 10, retention: { finishedMs: 1, cancelledMs: 1 }, now: 20_000 })
  await driver.remove({ ids: ['1', '2'] })
}

async function fill(): Promise<void> {
  const jobs = Array.from({ length: 1500 }, (_, index) => newJob(index % 3 === 0 ? { delayMs: 1e9 } : {}))
  await sqliteDriver(orm).dispatch({ jobs, caller: {} })
  await orm.em.execute('analyze')
}

async function drain(): Promise<void> {
  const driver = sqliteDriver(orm)
  const { jobs } = await driver.claim(claimOf({ queues: [{ queue: 'default', limit: 2000 }] }))
  const settlements = jobs.map(({ claim }) => ({ claim, outcome: 'finished' as const, waitMs: 0, durationMs: 1 }))
  await driver.settle({ worker: 'worker-1', settlements })
  await orm.em.execute('analyze')
}

async function planOf(text: string): Promise<string[]> {
  const native = await orm.driver.getConnection('write').getNativeClient()
  const count = text.match(/\?/g)?.length ?? 0
  const rows = native.prepare(`explain query plan ${text}`).all(...Array<null>(count).fill(null)) as {
    detail: string
  }[]
  return rows.map(({ detail }) => detail)
}

/** With the alias, if the plan names one: `SCAN r` of `… from goplate_queue_ready r`. */
function scannedTables(text: string, plan: readonly string[]): string[] {
  const scanned = plan.flatMap((detail) => /^SCAN (\w+)/.exec(detail)?.slice(1) ?? [])
  return scanned.map((name) =>
    name.startsWith(prefix) ? name : (new RegExp(`(${prefix}\\w+) ${name}\\b`).exec(text)?.[1] ?? name),
  )
}

describe('the statements of the workers', () => {
  it('were all seen', () => {
    expect(texts.length).toBeGreaterThan(35)
  })

  it.each(['without statistics', 'with statistics', 'with statistics of emptied tables'])(
    'read no large table from one end to the other, %s',
    async (statistics) => {
      if (statistics === 'with statistics') await fill()
      if (statistics === 'with statistics of emptied tables') await drain()
      const bad: string[] = []
      for (const text of texts.filter((one) => !forPeople.some((pattern) => pattern.test(one)))) {
        const plan = await planOf(text)
        const scans = scannedTables(text, plan).filter((name) => large.includes(name))
        if (scans.length > 0 && !headOfLater.test(text)) bad.push(`${text}\n${plan.join('\n')}`)
        if (plan.some((detail) => /TEMP B-TREE FOR ORDER BY/.test(detail))) bad.push(`sorts: ${text}`)
      }
      expect(bad).toEqual([])
    },
  )

  it('were looked at with eyes that see: a scan would be found', async () => {
    const text = `delete from ${tables.ready} where job = ?`
    expect(scannedTables(text, await planOf(text))).toEqual([tables.ready])
  })
})
