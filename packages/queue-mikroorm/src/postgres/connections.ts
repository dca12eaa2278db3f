import type { MikroORM } from '@mikro-orm/core'
import { storageErrorOf } from './error-mapping.ts'
import { nativeQuery, onPool, type Executor, type QuerySettings } from './executor.ts'
import { nativePoolOf, type NativeClient, type NativePool } from './native-client.ts'
import { OwnClient } from './own-client.ts'
import { isPglite, poolOf } from './pglite.ts'
import { SchemaGate } from './schema-gate.ts'
import type { StatementTexts } from './statement.ts'

/**
 * A plan made while the tables are empty would scan them for ever, or gather a backlog in a bitmap and sort it for each
 * claim, where the order of the index gives the first of it at once; just-in-time compilation is switched on by the very
 * cost that forbids it. Sightings of leases and cursors are times as text, so their format is fixed.
 */
const ownSettings = [
  'enable_seqscan = off',
  'enable_bitmapscan = off',
  'jit = off',
  'plan_cache_mode = force_generic_plan',
  "datestyle = 'ISO'",
  "timezone = 'UTC'",
]

/** The settings of the driver's own connections, as one text. */
export function ownSession(more: readonly string[] = []): string {
  const isolation = "default_transaction_isolation = 'read committed'"
  return [...ownSettings, isolation, ...more].map((setting) => `set ${setting}`).join('; ')
}

/**
 * The same for one transaction, which it begins. A transaction pooler hands the connection to somebody else afterwards:
 * `synchronous_commit = off` left on it would make the application's commits forgettable.
 */
export function ownTransaction(more: readonly string[] = []): string {
  const local = [...ownSettings, ...more].map((setting) => `set local ${setting}`)
  return ['begin isolation level read committed', ...local].join('; ')
}

const connectTimeoutMs = 10_000

/**
 * Own clients, made from the options of the ORM's pool but never taken from it: work of the application cannot starve
 * them. A claim's commit need not wait for the disk: a forgotten claim is a ready job.
 */
export class Connections {
  /** Claims, extensions, sweeping. */
  readonly claims: Executor
  /** Settling, reaping and other upkeep. */
  readonly upkeep: Executor
  /** Dispatch and reading outside of transactions. */
  readonly pool: Executor
  /** Before all of these; what runs on other connections passes it by itself. */
  readonly gate: SchemaGate
  readonly #own: readonly OwnClient[]
  readonly #orm: MikroORM
  readonly #texts: StatementTexts
  readonly #settings: QuerySettings

  constructor(orm: MikroORM, texts: StatementTexts, settings: QuerySettings) {
    this.#orm = orm
    this.#texts = texts
    this.#settings = settings
    this.gate = new SchemaGate(texts.schema)
    const [claims, upkeep] = [this.#ownClient(['synchronous_commit = off']), this.#ownClient([])]
    this.#own = [claims, upkeep]
    this.claims = this.gate.guard(claims)
    this.upkeep = this.gate.guard(upkeep)
    const pool = onPool(() => this.#pool(), texts, settings)
    this.pool = this.#poolIsShared() ? this.gate.guard(pool) : this.upkeep
  }

  /** A transaction of the driver's own on a connection of the pool. It rolls back when `work` throws or says so. */
  async transaction<T>(
    work: (executor: Executor) => Promise<{ readonly keep: boolean; readonly reply: T }>,
  ): Promise<T> {
    const client = await (await this.#pool()).connect().catch((error: unknown) => Promise.reject(storageErrorOf(error)))
    const query = (text: string) => client.query({ text, query_timeout: this.#settings.timeoutMs })
    try {
      await query('begin isolation level read committed')
      const { keep, reply } = await work({
        run: async (statement, values, now) =>
          (await client.query(nativeQuery(this.#texts.bind(statement, values, now), this.#settings))).rows,
      })
      await query(keep ? 'commit' : 'rollback')
      client.release()
      return reply
    } catch (error) {
      client.release(error)
      throw storageErrorOf(error)
    }
  }

  /** Whether the application has its ORM open; using the pool of a closed one would open it again. */
  get isOpen(): boolean {
    return (this.#orm.em.getConnection('write') as unknown as { readonly connected?: boolean }).connected !== false
  }

  /** For work that takes as long as it takes; the caller ends it. */
  async openClient(): Promise<NativeClient> {
    return this.#open([])
  }

  async close(): Promise<void> {
    await Promise.all(this.#own.map((client) => client.close()))
  }

  async #pool(): Promise<NativePool> {
    return poolOf(await nativePoolOf(this.#orm))
  }

  /** With a session context per connection a pooled connection still has the role of the tenant who had it last. */
  #poolIsShared(): boolean {
    return this.#orm.config.get('sessionContext') !== 'connection'
  }

  #ownClient(settings: readonly string[]): OwnClient {
    const all = [...settings, `statement_timeout = ${this.#settings.timeoutMs}`]
    return new OwnClient({
      open: () => this.#open(all),
      ...(!this.#settings.prepare && { opening: ownTransaction(all) }),
      texts: this.#texts,
      settings: this.#settings,
    })
  }

  async #open(settings: readonly string[]): Promise<NativeClient> {
    const pool = await this.#pool()
    const client = new pool.Client({
      ...pool.options,
      password: pool.options.password,
      connectionTimeoutMillis: pool.options.connectionTimeoutMillis || connectTimeoutMs,
      keepAlive: true,
      application_name: 'goplate-queue',
    })
    client.on('error', () => undefined) // the statement under way fails by itself
    await client.connect()
    if (this.#settings.prepare && !isPglite(pool)) await client.query(ownSession(settings))
    return client
  }
}
