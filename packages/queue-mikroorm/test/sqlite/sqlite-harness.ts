import type { CallerTransaction, DriverHarness, DriverUnderTest } from '@goplate/queue-testing/conformance'
import type { MikroORM } from '@mikro-orm/sqlite'
import { installationOf } from '../../src/extension.ts'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { audit } from '../../src/sqlite/audit.ts'
import { SqliteConnection } from '../../src/sqlite/connection.ts'
import { tablesOf } from '../../src/sqlite/tables.ts'
import { unitOfWorkOf } from '../shared/unit-of-work.ts'
import { sqliteOrm, temporaryDirectory, type SqliteOrmOptions } from './sqlite-orm.ts'

type Joining = 'explicit' | 'ambient'
type Em = MikroORM['em']

/** How a dispatch finds the caller's transaction: it is given the entity manager, or it is on its own. */
function transactionOf(em: Em, joining: Joining): CallerTransaction<MikroOrmCaller> {
  return {
    caller: joining === 'explicit' ? { em } : {},
    savepoint: (work) => em.transactional((inner) => work(transactionOf(inner, joining))),
    unitOfWork: unitOfWorkOf(em),
  }
}

interface OpenedFile {
  readonly orms: MikroORM[]
  open(options?: SqliteOrmOptions): Promise<MikroORM>
  dispose(): Promise<void>
}

function databaseFile(): OpenedFile {
  const directory = temporaryDirectory()
  const orms: MikroORM[] = []
  return {
    orms,
    async open(options) {
      const orm = await sqliteOrm({ dbName: directory.path('app.db'), ...options })
      orms.push(orm)
      return orm
    },
    async dispose() {
      for (const orm of orms) await orm.close(true)
      directory.remove()
    },
  }
}

export function auditOf(orm: MikroORM): Promise<readonly string[]> {
  const tables = tablesOf(installationOf(orm).prefix)
  return new SqliteConnection({ orm, tables, deadlineMs: 5000, synchronous: 'full' }).read(audit)
}

export function fileHarness(joining: Joining): DriverHarness<MikroOrmCaller> {
  return {
    name: `SQLite in a file, transactions found ${joining === 'explicit' ? 'by entity manager' : 'by themselves'}`,
    async create() {
      const file = databaseFile()
      const under = await underTest(await file.open(), joining)
      await under.driver.migrations!.migrate()
      return {
        ...under,
        independent: async () => sqliteDriver(await file.open()),
        unmigrated: async () => {
          const empty = databaseFile()
          const orm = await empty.open()
          const one = await underTest(orm, joining)
          return { ...one, independent: async () => sqliteDriver(await empty.open()), dispose: () => empty.dispose() }
        },
        dispose: () => file.dispose(),
      }
    },
  }
}

export function memoryDatabaseHarness(): DriverHarness<MikroOrmCaller> {
  return {
    name: 'SQLite in memory',
    async create() {
      const orm = await sqliteOrm()
      const under = await underTest(orm, 'ambient')
      await under.driver.migrations!.migrate()
      return { ...under, dispose: () => orm.close(true) }
    },
  }
}

async function underTest(orm: MikroORM, joining: Joining): Promise<DriverUnderTest<MikroOrmCaller>> {
  return {
    driver: sqliteDriver(orm),
    withTransaction: (work) => orm.em.fork().transactional((em) => work(transactionOf(em, joining))),
    unitOfWork: () => unitOfWorkOf(orm.em.fork()),
    audit: () => auditOf(orm),
    unstorable: { priority: 100_000 },
    dispose: () => orm.close(true),
  }
}
