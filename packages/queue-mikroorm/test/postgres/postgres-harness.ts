import { createDatabase, startPostgres } from '@goplate/local-postgres'
import type { StorageDriver } from '@goplate/queue-core'
import type { CallerTransaction, DriverHarness } from '@goplate/queue-testing/conformance'
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { dataTables } from '../../src/ledger/relations.ts'
import { auditStatements } from '../../src/postgres/audit.ts'
import { postgresDriver, type MikroOrmCaller, type PostgresDriverOptions } from '../../src/postgresql.ts'
import { unitOfWorkOf } from '../shared/unit-of-work.ts'
import { openOrm } from './postgres-orm.ts'

const schema = 'goplate_queue'
const emptying = dataTables.map((table) => `delete from ${schema}.${table}`).join('; ')

/** How a dispatch is told which transaction it belongs to. */
export type Enlisting = 'explicit' | 'ambient'

/** One database for all cases; each case finds it empty. */
export class PostgresHarness implements DriverHarness<MikroOrmCaller> {
  readonly name: string
  readonly #enlisting: Enlisting
  readonly #options: PostgresDriverOptions
  readonly #admin: pg.Client
  readonly #url: string
  readonly #orms: MikroORM[] = []
  #used = 0
  readonly #end: () => Promise<void>
  /** Stops the server as a crash would and starts it again. */
  readonly crash: ((work: () => Promise<unknown>) => Promise<void>) | undefined

  constructor(parts: {
    enlisting: Enlisting
    options?: PostgresDriverOptions
    url: string
    admin: pg.Client
    end: () => Promise<void>
    crash?: (work: () => Promise<unknown>) => Promise<void>
  }) {
    this.name = `postgresql (${parts.enlisting} transactions)`
    this.#enlisting = parts.enlisting
    this.#options = parts.options ?? {}
    this.#url = parts.url
    this.#admin = parts.admin
    this.#end = parts.end
    this.crash = parts.crash
  }

  static async open(
    serverUrl: string,
    enlisting: Enlisting,
    options: PostgresDriverOptions = {},
  ): Promise<PostgresHarness> {
    const { url, drop } = await createDatabase(serverUrl)
    const admin = await connect(url)
    const harness = new PostgresHarness({ enlisting, options, url, admin, end: drop })
    const driver = await harness.#driver()
    await driver.migrations!.migrate()
    await driver.close()
    harness.#used = 0
    return harness
  }

  async close(): Promise<void> {
    await Promise.all(this.#orms.map((orm) => orm.close()))
    await this.#admin.end()
    await this.#end()
  }

  async create() {
    await this.#admin.query(emptying)
    this.#used = 0
    const orm = await this.#orm()
    return {
      driver: postgresDriver(orm, this.#options),
      dispose: async () => undefined,
      independent: () => this.#driver(),
      withTransaction: <T>(work: (transaction: CallerTransaction<MikroOrmCaller>) => Promise<T>) =>
        inTransaction(orm.em.fork(), this.#enlisting, work),
      unitOfWork: () => unitOfWorkOf(orm.em.fork()),
      audit: () => this.audit(),
      unstorable: { priority: 100_000 },
      unmigrated: () => this.#unmigrated(),
    }
  }

  async audit(): Promise<readonly string[]> {
    return auditOf(this.#admin)
  }

  async #driver(): Promise<StorageDriver<MikroOrmCaller>> {
    return postgresDriver(await this.#orm(), this.#options)
  }

  async #orm(): Promise<MikroORM> {
    return (this.#orms[this.#used++] ??= await openOrm(this.#url))
  }

  async #unmigrated() {
    await this.#admin.query('drop schema if exists unmigrated cascade')
    const orms: MikroORM[] = []
    const driver = async (): Promise<StorageDriver<MikroOrmCaller>> => {
      const orm = await openOrm(this.#url, { schema: 'unmigrated' })
      orms.push(orm)
      return postgresDriver(orm, this.#options)
    }
    return {
      driver: await driver(),
      independent: driver,
      dispose: async () => void (await Promise.all(orms.map((orm) => orm.close()))),
    }
  }
}

/** A server of its own that loses what it had not written when it is stopped; none where DATABASE_URL names the server. */
export async function forgetfulHarness(): Promise<
  { harness: DriverHarness<MikroOrmCaller>; close(): Promise<void> } | undefined
> {
  const postgres = await startPostgres({ settings: { autovacuum: 'off', wal_level: 'minimal', max_wal_senders: 0 } })
  if (!postgres.owned) return undefined
  const orm = await openOrm(postgres.url)
  const setup = postgresDriver(orm)
  await setup.migrations!.migrate()
  await setup.close()
  const harness: DriverHarness<MikroOrmCaller> = {
    name: 'postgresql (server stopped immediately)',
    async create() {
      const admin = await connect(postgres.url)
      await admin.query(emptying)
      await admin.end()
      const driver = postgresDriver(orm)
      return {
        driver,
        dispose: async () => undefined,
        async forget(work) {
          const walWriter = await suspendWalWriter(postgres.url)
          const result = await work()
          const stopped = postgres.stopImmediately()
          process.kill(walWriter, 'SIGKILL')
          await stopped
          await postgres.restart()
          await untilUsable(driver)
          return result
        },
        async audit() {
          const client = await connect(postgres.url)
          return auditOf(client).finally(() => client.end())
        },
      }
    },
  }
  return {
    harness,
    async close() {
      await orm.close()
      await postgres.stop()
    },
  }
}

/** It would write asynchronous commits a moment later, which then survive the crash. */
async function suspendWalWriter(url: string): Promise<number> {
  const client = await connect(url)
  const { rows } = await client.query("select pid from pg_stat_activity where backend_type = 'walwriter'")
  await client.end()
  process.kill(rows[0].pid, 'SIGSTOP')
  return rows[0].pid
}

/** The dead connections of the driver and of the pool are noticed one by one. */
async function untilUsable(driver: StorageDriver<MikroOrmCaller>): Promise<void> {
  const verbs = [
    () => driver.find({ ids: ['1'] }),
    () => driver.extend({ leases: [], leaseMs: 1 }),
    () => driver.retry({ ids: [], from: [] }),
  ]
  for (const verb of verbs)
    while (
      !(await verb().then(
        () => true,
        () => false,
      ))
    );
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

export async function auditOf(client: pg.Client): Promise<readonly string[]> {
  const findings: string[] = []
  await client.query('begin isolation level repeatable read read only')
  for (const [invariant, sql] of Object.entries(auditStatements(schema))) {
    const { rows } = await client.query(sql)
    for (const { job, problem } of rows) findings.push(`${invariant}: job ${job}: ${problem}`)
  }
  await client.query('commit')
  return findings
}

function inTransaction<T>(
  em: EntityManager,
  enlisting: Enlisting,
  work: (transaction: CallerTransaction<MikroOrmCaller>) => Promise<T>,
): Promise<T> {
  return em.transactional((inner) =>
    work({
      caller: enlisting === 'explicit' ? { em: inner } : {},
      savepoint: (nested) => inTransaction(inner, enlisting, nested),
      unitOfWork: unitOfWorkOf(inner),
    }),
  )
}
