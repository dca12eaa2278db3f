import { SchemaError } from '@goplate/queue-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QueueJob } from '../../src/index.ts'
import { auditOf } from './postgres-harness.ts'
import { newClaim, newJob, settlement, TestQueue } from './test-queue.ts'

let queue: TestQueue
beforeAll(async () => {
  queue = await TestQueue.open()
})
afterAll(() => queue.close())

describe('migrations', () => {
  it('ten processes at once, beside ten of another schema: one migrates, nine find it done', async () => {
    const join = (schema: string) => Promise.all(Array.from({ length: 10 }, () => queue.connect({ schema })))
    const [processes, others] = [await join('ten_at_once'), await join('ten_more')]
    const meanwhile = Promise.all(others.map(({ driver }) => driver.migrations!.migrate()))
    const replies = await Promise.all(processes.map(({ driver }) => driver.migrations!.migrate()))
    expect(replies.map(({ from }) => from).sort()).toEqual([0, ...Array.from({ length: 9 }, () => 1)])
    expect((await meanwhile).map(({ from }) => from).sort()).toEqual([0, ...Array.from({ length: 9 }, () => 1)])
    for (const { driver } of [...processes, ...others]) {
      expect(await driver.migrations!.check()).toEqual({ current: 1, wanted: 1 })
    }
  })

  it('check says 0 where there is nothing, and changes nothing', async () => {
    const { driver } = await queue.connect({ schema: 'nothing_here' })
    expect(await driver.migrations!.check()).toEqual({ current: 0, wanted: 1 })
    expect(await queue.ask("select to_regnamespace('nothing_here') is null")).toBe(true)
  })

  it('a newer schema is refused', async () => {
    const { driver } = await queue.connect({ schema: 'from_the_future' })
    await driver.migrations!.migrate()
    await queue.admin.query('insert into from_the_future.migration (version, compatible_since) values (99, 2)')
    await expect(driver.migrations!.migrate()).rejects.toThrow(SchemaError)
    await expect(driver.migrations!.check()).rejects.toThrow(SchemaError)
  })

  it("the application's own schema diff neither creates nor drops anything of ours", async () => {
    const { orm } = await queue.connect()
    expect(await orm.schema.getUpdateSchemaSQL()).not.toMatch(/goplate_queue/)
  })

  it('names are compared by bytes, whatever the language of the database', async () => {
    const columns = `
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_collation l on l.oid = a.attcollation
      where c.relnamespace = 'goplate_queue'::regnamespace and c.relkind = 'r' and a.attnum > 0
        and a.attname in ('queue', 'type', 'line', 'key', 'unique_key', 'name')`
    expect(await queue.ask(`select count(*)::int ${columns} and l.collname = 'C'`)).toBeGreaterThan(15)
    expect(await queue.ask(`select count(*)::int ${columns} and l.collname <> 'C'`)).toBe(0)
  })
})

it('the view shows one row per job, whatever table it stands in', async () => {
  const { orm, driver } = await queue.connect()
  const dispatch = (...jobs: ReturnType<typeof newJob>[]) => driver.dispatch({ jobs, caller: {} })
  await dispatch(newJob({ payload: '{"n":1}' }), newJob(), newJob())
  const { jobs } = await driver.claim(newClaim({ worker: 'view' }))
  const settlements = [settlement(jobs[0]!.claim), settlement(jobs[1]!.claim, 'retried', 60_000)]
  await driver.settle({ worker: 'view', settlements })
  await dispatch(newJob(), newJob({ delayMs: 60_000 }))
  const found = await orm.em.fork().find(QueueJob, {}, { orderBy: { id: 'asc' } })
  expect(found.map(({ state, label, attempt }) => [state, label, attempt])).toEqual([
    ['finished', 'finished', 1],
    ['pending', 'retrying', 1],
    ['running', 'running', 1],
    ['pending', 'ready', 0],
    ['pending', 'scheduled', 0],
  ])
  expect(found[0]!.payload).toEqual({ n: 1 })
})

describe('the audit', () => {
  it.each([
    ['a lost job', 'delete from goplate_queue.ready', 'nowhere'],
    [
      'a job in two places',
      'insert into goplate_queue.later select now(), id, queue, line, key, priority, 0, 0::smallint, 0::smallint, type from goplate_queue.job',
      'later+ready',
    ],
    [
      'a row that cannot be found',
      "update goplate_queue.ready set available_at = available_at - interval '1 s'",
      'not where it should stand',
    ],
    ['a row of an epoch that never was', 'update goplate_queue.ready set epoch = 4', 'epoch 4, last outcome 0'],
    ['an expiry nobody watches', 'update goplate_queue.job set expires_at = now()', 'nobody would notice'],
    [
      'a key whose job is gone',
      "insert into goplate_queue.unique_key values ('k', 123456789)",
      'holds a key and does not exist',
    ],
  ])('sees %s', async (_what, damage, problem) => {
    const { driver } = await queue.connect()
    await queue.admin.query(
      'begin; delete from goplate_queue.job; delete from goplate_queue.ready; delete from goplate_queue.later; delete from goplate_queue.lease; delete from goplate_queue.outcome; commit',
    )
    await driver.dispatch({ jobs: [newJob()], caller: {} })
    expect(await auditOf(queue.admin)).toEqual([])
    await queue.admin.query(damage)
    expect((await auditOf(queue.admin)).join('\n')).toContain(problem)
    await queue.admin.query('delete from goplate_queue.unique_key')
  })
})
