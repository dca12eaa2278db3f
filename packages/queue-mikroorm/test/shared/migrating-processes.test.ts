import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { MikroORM as PostgresOrm } from '@mikro-orm/postgresql'
import type { MikroORM as SqliteOrm } from '@mikro-orm/sqlite'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { postgresDriver } from '../../src/postgresql.ts'
import { sqliteDriver } from '../../src/sqlite.ts'
import { openOrm } from '../postgres/postgres-orm.ts'
import { newClaim, newJob } from '../postgres/test-queue.ts'
import { sqliteOrm, temporaryDirectory } from '../sqlite/sqlite-orm.ts'

const script = fileURLToPath(new URL('fixtures/migrating-process.ts', import.meta.url))
type Release = 'this' | 'newer'
interface Database {
  /** An address of an empty database, for another process too. */
  create(): Promise<string>
  open(where: string): Promise<PostgresOrm | SqliteOrm>
  /** Name and definition of everything that was created. */
  readonly catalog: string
  readonly versions: string
}

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

const databases: Record<string, Database> = {
  sqlite: {
    async create() {
      const directory = temporaryDirectory()
      ended.push(() => directory.remove())
      return directory.path('app.db')
    },
    open: (dbName) => sqliteOrm({ dbName }),
    catalog: `select type, name, sql from sqlite_master order by 1, 2`,
    versions: `select version from goplate_queue_migration order by 1`,
  },
  postgresql: {
    async create() {
      const { url, drop } = await createDatabase(inject('postgresUrl'))
      ended.push(drop)
      return url
    },
    open: (url) => openOrm(url),
    catalog: `
      select c.relkind, c.relname, a.attname, a.atttypid::int from pg_class c left join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'goplate_queue'::regnamespace order by 1, 2, a.attnum`,
    versions: `select version from goplate_queue.migration order by 1`,
  },
}

describe.each(Object.entries(databases))('processes that migrate at once on %s', (kind, database) => {
  const driverOf = (orm: PostgresOrm | SqliteOrm) =>
    kind === 'sqlite' ? sqliteDriver(orm as SqliteOrm) : postgresDriver(orm as PostgresOrm)

  it('make one catalog: ten on nothing, then nine of older code beside a newer one', { timeout: 180_000 }, async () => {
    const where = await database.create()
    const first = await migrateAtOnce(kind, where, tenOf('this'))
    expect(first.filter(({ from }) => from === 0)).toEqual([{ from: 0, to: 1 }])
    expect(first.filter(({ from }) => from === 1)).toHaveLength(9)
    const orm = await open(where)
    expect(await orm.em.execute(database.catalog)).toEqual(await catalogOfOneProcess())

    await migrateAtOnce(kind, where, ['newer', ...tenOf('this').slice(1)])
    expect(await orm.em.execute(database.versions)).toEqual([{ version: 1 }, { version: 2 }])
    const late = await migrateAtOnce(kind, where, tenOf('this'))
    expect(late).toEqual(late.map(() => ({ from: 2, to: 2 })))
    const driver = driverOf(orm)
    await driver.dispatch({ jobs: [newJob()], caller: {} })
    expect((await driver.claim(newClaim())).jobs).toHaveLength(1)
    await driver.close()
  })

  async function open(where: string): Promise<PostgresOrm | SqliteOrm> {
    const orm = await database.open(where)
    ended.push(() => orm.close(true))
    return orm
  }

  async function catalogOfOneProcess(): Promise<unknown> {
    const orm = await open(await database.create())
    const driver = driverOf(orm)
    await driver.migrations!.migrate()
    await driver.close()
    return orm.em.execute(database.catalog)
  }
})

function tenOf(release: Release): Release[] {
  return Array.from({ length: 10 }, () => release)
}

type Process = ChildProcessByStdio<Writable, Readable, null>
interface Range {
  readonly from: number
  readonly to: number
}

/** All are told to begin when the last one is ready; each must end well. */
async function migrateAtOnce(kind: string, where: string, releases: readonly Release[]): Promise<readonly Range[]> {
  const processes = releases.map((release) =>
    spawn(process.execPath, [script, kind, where, release], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  await Promise.all(processes.map(untilReady))
  return Promise.all(processes.map(migrateNow))
}

async function untilReady(one: Process): Promise<void> {
  const gone = once(one, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code} before it was ready`)))
  await Promise.race([once(one.stdout, 'data'), gone])
  gone.catch(() => undefined) // it ends later, as it should
}

async function migrateNow(one: Process): Promise<Range> {
  const exit = once(one, 'exit')
  one.stdin.end('go')
  const reply = await text(one.stdout)
  expect(await exit).toEqual([0, null])
  return JSON.parse(reply) as Range
}
