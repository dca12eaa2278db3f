import type { CallerTransaction, DriverHarness, DriverUnderTest } from '@goplate/queue-testing/conformance'
import { MikroORM } from '@mikro-orm/pglite'
import { auditStatements } from '../../src/postgres/audit.ts'
import { queueExtension } from '../../src/index.ts'
import { postgresDriver, type MikroOrmCaller } from '../../src/postgresql.ts'
import { unitOfWorkOf } from '../shared/unit-of-work.ts'

const schema = 'goplate_queue'

/** The PostgreSQL driver on PGlite in memory: one session, which the drivers of a case share. Each case finds it empty. */
export class PgliteHarness implements DriverHarness<MikroOrmCaller> {
  readonly name = 'PostgreSQL driver on PGlite'
  readonly #opened = new Map<string, Promise<MikroORM>>()

  async create(): Promise<DriverUnderTest<MikroOrmCaller>> {
    const orm = await this.#orm(schema)
    await empty(orm)
    return { ...underTest(orm), audit: () => auditOf(orm), unmigrated: () => this.#unmigrated() }
  }

  async close(): Promise<void> {
    for (const orm of await Promise.all(this.#opened.values())) await orm.close(true)
  }

  async #unmigrated(): Promise<DriverUnderTest<MikroOrmCaller>> {
    const orm = await this.#orm('unmigrated')
    await orm.em.execute('drop schema if exists unmigrated cascade')
    return underTest(orm)
  }

  #orm(name: string): Promise<MikroORM> {
    let opened = this.#opened.get(name)
    if (opened === undefined) this.#opened.set(name, (opened = open(name)))
    return opened
  }
}

async function open(name: string): Promise<MikroORM> {
  const discovery = { warnWhenNoEntities: false }
  const extensions = [queueExtension({ schema: name })]
  const orm = await MikroORM.init({ dbName: 'memory://', entities: [], extensions, discovery })
  await postgresDriver(orm).migrations!.migrate()
  return orm
}

function underTest(orm: MikroORM): DriverUnderTest<MikroOrmCaller> {
  return {
    driver: postgresDriver(orm),
    independent: async () => postgresDriver(orm),
    withTransaction: (work) => orm.em.fork().transactional((em) => work(transactionOf(em))),
    unitOfWork: () => unitOfWorkOf(orm.em.fork()),
    unstorable: { priority: 100_000 },
    dispose: async () => undefined,
  }
}

function transactionOf(em: MikroORM['em']): CallerTransaction<MikroOrmCaller> {
  return {
    caller: { em },
    savepoint: (work) => em.transactional((inner) => work(transactionOf(inner))),
    unitOfWork: unitOfWorkOf(em),
  }
}

async function empty(orm: MikroORM): Promise<void> {
  const tables: { name: string }[] = await orm.em.execute(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname = '${schema}' and tablename <> 'migration'`,
  )
  await orm.em.execute(`truncate ${tables.map(({ name }) => name).join(', ')}`)
}

async function auditOf(orm: MikroORM): Promise<readonly string[]> {
  const findings: string[] = []
  for (const [invariant, sql] of Object.entries(auditStatements(schema))) {
    const rows: { job: string; problem: string }[] = await orm.em.execute(sql)
    for (const { job, problem } of rows) findings.push(`${invariant}: job ${job}: ${problem}`)
  }
  return findings
}
