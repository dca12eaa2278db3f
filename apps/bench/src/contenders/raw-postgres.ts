import pg from 'pg'
import { setTimeout as pause } from 'node:timers/promises'
import type { Consumer, Contender, Handled, Payload, Producer } from '../contender.ts'
import { batch } from './fairness.ts'
import { createNotes, withNote } from './note-row.ts'
import { countLeft, query } from './postgres-query.ts'

/**
 * The least that stores a job, hands it to one worker and writes that it ended: no types, priorities, delays, leases,
 * retries or events. What a worker had claimed when it crashed stays claimed.
 */
const createJobs = [
  'create table raw_job (id bigint generated always as identity primary key, state smallint not null default 0, payload json not null)',
  'create index raw_job_ready on raw_job (id) where state = 0',
]

const insertMany = {
  name: 'insert-many',
  text: 'insert into raw_job (payload) select value from json_array_elements($1::json) returning id',
}
const insertOne = { name: 'insert-one', text: 'insert into raw_job (payload) values ($1) returning id' }

// By `ctid`, so that stale statistics cannot turn the update into a scan.
const claim = {
  name: 'claim',
  text: `update raw_job set state = 1
    where ctid = any(array(select ctid from raw_job where state = 0 order by id limit ${batch} for update skip locked))
    returning id, payload`,
}
const settle = {
  kept: { name: 'settle', text: 'update raw_job set state = 2 where id = any($1::bigint[])' },
  deleted: { name: 'settle', text: 'delete from raw_job where id = any($1::bigint[])' },
}

export const rawPostgresKeep = rawPostgres('raw-postgres-keep', 'kept')
export const rawPostgresDelete = rawPostgres('raw-postgres-delete', 'deleted')

function rawPostgres(id: 'raw-postgres-keep' | 'raw-postgres-delete', history: 'kept' | 'deleted'): Contender {
  return {
    id,
    title: `Limit: hand-written SQL on pg, finished rows ${history}`,
    store: 'postgresql',
    history,
    setup: `claims of ${batch}, the next while the last is settled; prepared statements; looks for jobs every millisecond`,
    prepare: async (url) => void (await query(url, createNotes, ...createJobs)),
    produce: async (url) => producer(url),
    consume: async (url, handled) => new RawWorker({ url, handled, history }),
    left: (url) => countLeft(url, 'select count(*) as left from raw_job where state < 2'),
  }
}

function producer(url: string): Producer {
  const pool = new pg.Pool({ connectionString: url })
  const dispatch = (on: pg.Pool | pg.PoolClient, payload: Payload) =>
    on.query({ ...insertOne, values: [JSON.stringify(payload)] })
  return {
    dispatchMany: (payloads) => pool.query({ ...insertMany, values: [JSON.stringify(payloads)] }),
    dispatch: (payload) => dispatch(pool, payload),
    dispatchWithRow: (payload) => withNote(pool, payload.text, (client) => dispatch(client, payload)),
    close: () => pool.end(),
  }
}

interface ClaimedRow {
  readonly id: string
  readonly payload: Payload
}

class RawWorker implements Consumer {
  readonly #claims: pg.Client
  readonly #settlements: pg.Client
  readonly #handled: Handled
  readonly #settle: pg.QueryConfig
  #stopping = false
  #running: Promise<void> = Promise.resolve()

  constructor({ url, handled, history }: { url: string; handled: Handled; history: 'kept' | 'deleted' }) {
    this.#claims = new pg.Client({ connectionString: url })
    this.#settlements = new pg.Client({ connectionString: url })
    this.#handled = handled
    this.#settle = settle[history]
  }

  async start(): Promise<void> {
    await Promise.all([this.#claims.connect(), this.#settlements.connect()])
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
    await Promise.all([this.#claims.end(), this.#settlements.end()])
  }

  async #run(): Promise<void> {
    let settled: Promise<unknown> = Promise.resolve()
    while (!this.#stopping) {
      const { rows } = await this.#claims.query<ClaimedRow>(claim)
      for (const { payload } of rows) this.#handled(payload)
      await settled
      if (rows.length === 0) await pause(1)
      else settled = this.#settlements.query({ ...this.#settle, values: [rows.map(({ id }) => id)] })
    }
    await settled
  }
}
