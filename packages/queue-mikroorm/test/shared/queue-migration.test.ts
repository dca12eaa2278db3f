import { createDatabase } from '@goplate/local-postgres'
import type {} from '@goplate/local-postgres/vitest'
import { InvalidOptionError, type DriverMigrations } from '@goplate/queue-core'
import { defineEntity, p } from '@mikro-orm/core'
import { Migration, Migrator } from '@mikro-orm/migrations'
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql'
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { queueExtension } from '../../src/index.ts'
import * as postgresql from '../../src/postgresql.ts'
import * as sqlite from '../../src/sqlite.ts'
import { temporaryDirectory } from '../sqlite/sqlite-orm.ts'

type Orm = PostgresOrm | SqliteOrm
type Names = Parameters<typeof sqlite.queueMigration.up>[0] & Parameters<typeof postgresql.queueMigration.up>[0]

interface Database {
  readonly queueMigration: { up(names?: Names): readonly string[]; down(names?: Names): readonly string[] }
  /** Names other than the usual ones. */
  readonly renamed: { readonly schema?: string; readonly prefix?: string }
  open(names: object, migration: new (...given: never[]) => Migration): Promise<Orm>
  migrationsOf(orm: Orm): DriverMigrations
  /** Everything the database knows of what it was told to create, the application's own left out. */
  catalog(orm: Orm): Promise<unknown>
}

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

const Order = defineEntity({ name: 'Order', tableName: 'app_order', properties: { id: p.integer().primary() } })

const databases: Record<string, Database> = {
  sqlite: {
    queueMigration: sqlite.queueMigration,
    renamed: { prefix: 'mail_' },
    async open(names, migration) {
      const directory = temporaryDirectory()
      ended.push(() => directory.remove())
      const orm = await SqliteOrm.init({ dbName: directory.path('app.db'), ...optionsOf(names, migration) })
      ended.push(() => orm.close(true))
      return orm
    },
    migrationsOf: (orm) => sqlite.sqliteDriver(orm as SqliteOrm).migrations!,
    catalog: (orm) =>
      orm.em.execute(`
        select type, name, tbl_name, sql from sqlite_master
        where name not like 'mikro_orm%' and name not like 'sqlite_%' and name not like 'app_%' order by name`),
  },
  postgresql: {
    queueMigration: postgresql.queueMigration,
    renamed: { schema: 'mail' },
    async open(names, migration) {
      const { url, drop } = await createDatabase(inject('postgresUrl'))
      ended.push(drop)
      const orm = await PostgresOrm.init({ clientUrl: url, ...optionsOf(names, migration) })
      ended.push(() => orm.close(true))
      return orm
    },
    migrationsOf(orm) {
      const driver = postgresql.postgresDriver(orm as PostgresOrm)
      ended.push(() => driver.close())
      return driver.migrations!
    },
    catalog: catalogOfPostgres,
  },
}

function optionsOf(names: object, migration: new (...given: never[]) => Migration) {
  return {
    entities: [Order],
    extensions: [Migrator, queueExtension(names)],
    migrations: { migrationsList: [{ name: 'Queue', class: migration as never }], snapshot: false, silent: true },
  }
}

async function catalogOfPostgres(orm: Orm): Promise<unknown> {
  const ours = `n.nspname not in ('pg_catalog', 'information_schema', 'public', 'pg_toast')`
  const columns = `
    select c.relname, c.relkind, c.reloptions, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
      a.attstorage, a.attcollation, a.attidentity, pg_get_expr(d.adbin, d.adrelid) as value
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${ours} order by 1, a.attnum`
  const constraints = `
    select conname, pg_get_constraintdef(c.oid) as text from pg_constraint c
    join pg_namespace n on n.oid = c.connamespace where ${ours} order by 1, 2`
  const others = `
    select indexdef as text from pg_indexes join pg_namespace n on n.nspname = schemaname where ${ours}
    union all select definition from pg_views join pg_namespace n on n.nspname = schemaname where ${ours}
    union all select increment_by::text from pg_sequences join pg_namespace n on n.nspname = schemaname where ${ours}
    order by 1`
  return Promise.all([columns, constraints, others].map((sql) => orm.em.execute(sql)))
}

describe.each(Object.entries(databases))('queueMigration on %s', (_name, database) => {
  const { queueMigration, renamed } = database
  /** As the application writes it. */
  const migrationFor = (names: Names) =>
    class QueueTables extends Migration {
      override up(): void {
        for (const sql of queueMigration.up({ ...names, to: 1 })) this.addSql(sql)
      }
      override down(): void {
        for (const sql of queueMigration.down({ ...names, from: 1 })) this.addSql(sql)
      }
    }
  const open = (names: Names = {}) => database.open(names, migrationFor(names))

  it.each([
    ['the usual names', {}],
    ['other names', renamed],
  ])('creates what migrate() creates, with %s', async (_names, names) => {
    const [byMigration, byItself] = [await open(names), await open(names)]
    await byMigration.migrator.up()
    await database.migrationsOf(byItself).migrate()
    const catalog = await database.catalog(byItself)
    expect(JSON.stringify(catalog).length).toBeGreaterThan(5_000)
    expect(await database.catalog(byMigration)).toEqual(catalog)
  })

  it('leaves nothing to do for migrate()', async () => {
    const orm = await open()
    await orm.migrator.up()
    const migrations = database.migrationsOf(orm)
    expect(await migrations.check()).toEqual({ current: 1, wanted: 1 })
    expect(await migrations.migrate()).toEqual({ from: 1, to: 1 })
  })

  it('goes down to nothing, and up again', async () => {
    const orm = await open(renamed)
    const before = await database.catalog(orm)
    for (let round = 0; round < 2; round++) {
      await orm.migrator.up()
      await orm.migrator.down()
      expect(await database.catalog(orm)).toEqual(before)
    }
    expect(await database.migrationsOf(orm).check()).toEqual({ current: 0, wanted: 1 })
    expect(await database.migrationsOf(orm).migrate()).toEqual({ from: 0, to: 1 })
  })

  it("is nothing the application's generator or a diff for a migration would touch", async () => {
    const orm = await open(renamed)
    await orm.schema.update()
    await orm.migrator.up()
    expect(await orm.schema.getUpdateSchemaSQL()).toBe('')
    expect(await orm.migrator.checkSchema()).toBe(false)
    await orm.schema.update()
    expect(await orm.schema.getDropSchemaSQL()).not.toMatch(/goplate|mail/)
    expect(await database.migrationsOf(orm).check()).toEqual({ current: 1, wanted: 1 })
  })

  it.each([
    ['a version this release does not know', { to: 99 }],
    ['a version that is none', { to: 0.5 }],
    ['a version below nothing', { to: -1 }],
    ['a way back', { from: 1, to: 0 }],
    ['a name that would need quoting', { schema: 'x"; drop table users; --', prefix: 'x"; drop table users; --' }],
  ])('refuses %s', (_what, options) => {
    expect(() => queueMigration.up(options)).toThrow(InvalidOptionError)
  })

  it('refuses a way down that goes up', () => {
    expect(() => queueMigration.down({ from: 0, to: 1 })).toThrow(InvalidOptionError)
  })
})
