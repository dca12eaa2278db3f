import type { CallerTransaction, DriverHarness } from '@goplate/queue-testing/conformance'
import { MikroORM } from '@mikro-orm/libsql'
import { installationOf } from '../../src/extension.ts'
import { queueExtension } from '../../src/index.ts'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { audit } from '../../src/sqlite/audit.ts'
import { SqliteConnection } from '../../src/sqlite/connection.ts'
import { tablesOf } from '../../src/sqlite/tables.ts'
import { unitOfWorkOf } from '../shared/unit-of-work.ts'
import { temporaryDirectory } from '../sqlite/sqlite-orm.ts'

/** The SQLite driver on `@mikro-orm/libsql`: a local file, not a remote database and not a replica. */
export const libsqlHarness: DriverHarness<MikroOrmCaller> = {
  name: 'SQLite driver on a local libSQL file',
  async create() {
    const file = databaseFile()
    const orm = await file.open()
    await sqliteDriver(orm).migrations!.migrate()
    return {
      ...underTest(orm),
      independent: async () => sqliteDriver(await file.open()),
      audit: () => auditOf(orm),
      unstorable: { priority: 100_000 },
      unmigrated: async () => {
        const empty = databaseFile()
        const independent = async () => sqliteDriver(await empty.open())
        return { ...underTest(await empty.open()), independent, dispose: () => empty.dispose() }
      },
      dispose: () => file.dispose(),
    }
  },
}

function databaseFile() {
  const directory = temporaryDirectory()
  const orms: MikroORM[] = []
  return {
    async open(): Promise<MikroORM> {
      const dbName = directory.path('app.db')
      const discovery = { warnWhenNoEntities: false }
      const orm = await MikroORM.init({ dbName, entities: [], extensions: [queueExtension()], discovery })
      orms.push(orm)
      return orm
    },
    async dispose() {
      for (const orm of orms) await orm.close(true)
      directory.remove()
    },
  }
}

function underTest(orm: MikroORM) {
  return {
    driver: sqliteDriver(orm),
    withTransaction: <T>(work: (transaction: CallerTransaction<MikroOrmCaller>) => Promise<T>) =>
      orm.em.fork().transactional((em) => work(transactionOf(em))),
    unitOfWork: () => unitOfWorkOf(orm.em.fork()),
  }
}

function transactionOf(em: MikroORM['em']): CallerTransaction<MikroOrmCaller> {
  return {
    caller: { em },
    savepoint: (work) => em.transactional((inner) => work(transactionOf(inner))),
    unitOfWork: unitOfWorkOf(em),
  }
}

function auditOf(orm: MikroORM): Promise<readonly string[]> {
  const tables = tablesOf(installationOf(orm).prefix)
  return new SqliteConnection({ orm, tables, deadlineMs: 5000, synchronous: 'full' }).read(audit)
}
