import { InvalidOptionError, SchemaError } from '@goplate/queue-core'
import { defineEntity, p } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { queueExtension, QueueJob } from '../../src/index.ts'
import { sqliteDriver } from '../../src/sqlite.ts'
import { newJob } from './new-job.ts'
import { Customer, sqliteOrm, temporaryDirectory } from './sqlite-orm.ts'

const opened: MikroORM[] = []
const directory = temporaryDirectory()
afterAll(() => directory.remove())
afterEach(async () => {
  for (const orm of opened.splice(0)) await orm.close(true)
})

async function open(options: Parameters<typeof sqliteOrm>[0] = {}): Promise<MikroORM> {
  const orm = await sqliteOrm(options)
  opened.push(orm)
  return orm
}
async function namesIn(orm: MikroORM): Promise<string[]> {
  const rows = await orm.em.execute<{ name: string }[]>(`select name from sqlite_master where name not like 'sqlite_%'`)
  return rows.map(({ name }) => name)
}

describe('the schema of the queue', () => {
  it('is invisible to the generator of the application, before and after the migration', async () => {
    const orm = await open()
    await orm.schema.create()
    expect(await namesIn(orm)).toEqual(['customer', 'customer_name_unique'])
    expect(await orm.schema.getUpdateSchemaSQL()).toBe('')

    const driver = sqliteDriver(orm)
    await driver.migrations!.migrate()
    await driver.dispatch({ jobs: [newJob()], caller: {} })
    expect(await orm.schema.getUpdateSchemaSQL()).toBe('')
    await orm.schema.update()
    await orm.schema.clear()
    expect(await orm.schema.getDropSchemaSQL()).not.toContain('goplate_queue')
    expect(await driver.find({ ids: ['1'] })).toHaveLength(1)
  })

  it('is invisible to migrations of the application', async () => {
    const orm = await open({
      more: {
        extensions: [Migrator, queueExtension()],
        migrations: { path: directory.path('migrations'), snapshot: false },
      },
    })
    await sqliteDriver(orm).migrations!.migrate()
    await orm.schema.update()
    expect(await orm.migrator.checkSchema()).toBe(false)
  })

  it('still lets the generator see changes of the application', async () => {
    const Order = defineEntity({ name: 'Order', properties: { id: p.integer().primary() } })
    const orm = await open({ more: { entities: [Customer, Order] } })
    await sqliteDriver(orm).migrations!.migrate()
    const sql = await orm.schema.getUpdateSchemaSQL()
    expect(sql).toContain('create table `order`')
    expect(sql).not.toContain('goplate_queue')
  })

  it('has the prefix of the extension, and two of them live in one file', async () => {
    const dbName = directory.path('two.db')
    const [mail, images] = [await open({ dbName, prefix: 'mail_' }), await open({ dbName, prefix: 'images_' })]
    for (const orm of [mail, images]) await sqliteDriver(orm).migrations!.migrate()
    const names = await namesIn(mail)
    expect(names.filter((name) => name.startsWith('mail_'))).toHaveLength(names.length / 2)
    await sqliteDriver(mail).dispatch({ jobs: [newJob()], caller: {} })
    expect(await sqliteDriver(images).find({ ids: ['1'] })).toEqual([])
  })

  it('is written ahead on files, durably', async () => {
    const orm = await open({ dbName: directory.path('wal.db') })
    await sqliteDriver(orm).migrations!.migrate()
    expect(await orm.em.execute('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(await orm.em.execute('pragma synchronous')).toEqual([{ synchronous: 2 }])
    expect(await orm.em.execute('pragma busy_timeout')).toEqual([{ timeout: 5000 }])
  })

  it('leaves the flushing of commits to an application that wants it so', async () => {
    const orm = await open({ dbName: directory.path('fast.db') })
    await orm.em.execute('pragma synchronous = off')
    await sqliteDriver(orm, { synchronous: 'unchanged' }).migrations!.migrate()
    expect(await orm.em.execute('pragma synchronous')).toEqual([{ synchronous: 0 }])
  })

  it('says what it is and what it should be', async () => {
    const { migrate, check } = sqliteDriver(await open()).migrations!
    expect(await check()).toEqual({ current: 0, wanted: 1 })
    expect(await migrate()).toEqual({ from: 0, to: 1 })
    expect(await migrate()).toEqual({ from: 1, to: 1 })
    expect(await check()).toEqual({ current: 1, wanted: 1 })
  })

  it('is migrated once by many at once', async () => {
    const dbName = directory.path('race.db')
    const orms = await Promise.all(Array.from({ length: 5 }, () => open({ dbName })))
    const replies = await Promise.all(orms.map((orm) => sqliteDriver(orm).migrations!.migrate()))
    expect(replies.filter(({ from }) => from === 0)).toHaveLength(1)
  })

  it('is refused when a newer release was here, and named when it is missing', async () => {
    const orm = await open()
    const driver = sqliteDriver(orm)
    await expect(
      driver.claim({ leaseId: '', leaseMs: 1, worker: '', queues: [], types: [], solo: false }),
    ).rejects.toThrow(/queue\.migrate\(\)/)
    await driver.migrations!.migrate()
    await orm.em.execute(
      'insert into goplate_queue_migration (version, compatible_since, applied_at) values (99, 2, 0)',
    )
    await expect(driver.migrations!.migrate()).rejects.toThrow(SchemaError)
    await expect(driver.migrations!.check()).rejects.toThrow(SchemaError)
  })
})

describe('the extension', () => {
  it.each(['', 'Jobs', '1st', 'a b', 'x"; drop table customer; --', 'sqlite_x', 'a'.repeat(49)])(
    'refuses the name %j',
    (name) => {
      expect(() => queueExtension({ prefix: name })).toThrow(InvalidOptionError)
      expect(() => queueExtension({ schema: name })).toThrow(InvalidOptionError)
    },
  )

  it('is asked for by the driver', async () => {
    const orm = await open({ more: { extensions: [] } })
    expect(() => sqliteDriver(orm)).toThrow(/queueExtension\(\)/)
  })
})

describe('the view entity', () => {
  let orm: MikroORM
  beforeEach(async () => {
    orm = await open()
    await sqliteDriver(orm).migrations!.migrate()
  })

  it('shows a job as it was dispatched', async () => {
    const options = { tags: ['a'], meta: '{"trace":1}', unique: { key: 'k', onConflict: 'return' as const } }
    await sqliteDriver(orm).dispatch({
      jobs: [newJob({ payload: '{"to":"a@b.c","n":[1,null]}', priority: -5, ...options })],
      caller: {},
      now: 1_700_000_000_000,
    })
    const job = await orm.em.fork().findOneOrFail(QueueJob, { id: '1' })
    expect(job).toMatchObject({
      ...{ id: '1', queue: 'default', type: 'alpha', state: 'pending', label: 'ready', priority: -5, epoch: 0 },
      ...{
        attempt: 0,
        maxAttempts: 3,
        payload: { to: 'a@b.c', n: [1, null] },
        result: null,
        error: null,
        reason: null,
      },
      ...{ createdAt: new Date(1_700_000_000_000), availableAt: new Date(1_700_000_000_000), endedAt: null },
      ...{ options: { tags: ['a'], meta: '{"trace":1}', uniqueKey: 'k' }, limiter: null, key: null, batch: null },
    })
  })

  it('can be asked by state, time and payload', async () => {
    const jobs = [newJob(), newJob({ delayMs: 60_000 }), newJob({ payload: '{"to":"someone"}' })]
    await sqliteDriver(orm).dispatch({ jobs, caller: {} })
    const em = orm.em.fork()
    expect(await em.count(QueueJob, { state: 'pending' })).toBe(3)
    expect(await em.count(QueueJob, { label: 'scheduled' })).toBe(1)
    expect(await em.count(QueueJob, { availableAt: { $gt: new Date(Date.now() + 30_000) } })).toBe(1)
    expect((await em.find(QueueJob, { payload: { to: 'someone' } })).map(({ id }) => id)).toEqual(['3'])
    expect((await em.find(QueueJob, {}, { orderBy: { id: 'desc' }, limit: 2 })).map(({ id }) => id)).toEqual(['3', '2'])
  })

  it('cannot be written', async () => {
    await sqliteDriver(orm).dispatch({ jobs: [newJob()], caller: {} })
    const em = orm.em.fork()
    expect(() => em.create(QueueJob, { queue: 'x' } as never)).toThrow(/queue\.dispatch\(\)/)
    expect(() => new QueueJob()).toThrow(InvalidOptionError)

    const job = await em.findOneOrFail(QueueJob, { id: '1' })
    Object.assign(job, { priority: 7 })
    await expect(em.flush()).rejects.toThrow(/queue\.dispatch\(\)/)
    const other = orm.em.fork()
    other.remove(await other.findOneOrFail(QueueJob, { id: '1' }))
    await expect(other.flush()).rejects.toThrow(/queue\.cancel\(\)/)
    await expect(orm.em.fork().nativeDelete(QueueJob, { id: '1' })).rejects.toThrow(/view/)
    expect(await sqliteDriver(orm).find({ ids: ['1'] })).toMatchObject([{ priority: 0 }])
  })
})
