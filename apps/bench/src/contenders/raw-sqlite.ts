import Database from 'better-sqlite3'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import type { Consumer, Contender, Handled, Payload, Producer } from '../contender.ts'
import { batch } from './fairness.ts'

/** The least that stores a job, hands it to one worker and writes that it ended, as in raw-postgres.ts. */
const createTables = `
  create table note (id integer primary key, text text not null);
  create table raw_job (id integer primary key, state integer not null default 0, payload text not null);
  create index raw_job_ready on raw_job (id) where state = 0;
`
const insertOne = 'insert into raw_job (payload) values (?)'
const claim = `update raw_job set state = 1
  where id in (select id from raw_job where state = 0 order by id limit ${batch}) returning id, payload`
const settle = {
  kept: 'update raw_job set state = 2 where id = ?',
  deleted: 'delete from raw_job where id = ?',
}

export const rawSqliteKeep = rawSqlite('raw-sqlite-keep', 'kept')
export const rawSqliteDelete = rawSqlite('raw-sqlite-delete', 'deleted')

function rawSqlite(id: 'raw-sqlite-keep' | 'raw-sqlite-delete', history: 'kept' | 'deleted'): Contender {
  return {
    id,
    title: `Limit: hand-written SQL on better-sqlite3, finished rows ${history}`,
    store: 'sqlite',
    history,
    setup: `claims of ${batch}, settled in the transaction of the next claim; synchronous = full; looks for jobs every millisecond`,
    async prepare(url) {
      const database = open(url)
      database.exec(createTables)
      database.close()
    },
    produce: async (url) => producer(url),
    consume: async (url, handled) => new RawWorker({ url, handled, history }),
    async left(url) {
      const database = open(url)
      const { left } = database
        .prepare<[], { left: number }>(`select count(*) as left from raw_job where state < 2`)
        .get()!
      database.close()
      return left
    },
  }
}

function open(url: string): Database.Database {
  const database = new Database(url)
  database.pragma('journal_mode = wal')
  database.pragma('synchronous = full')
  return database
}

function producer(url: string): Producer {
  const database = open(url)
  const insert = database.prepare<[string]>(insertOne)
  const insertNote = database.prepare<[string]>('insert into note (text) values (?)')
  const dispatch = (payload: Payload) => insert.run(JSON.stringify(payload)).lastInsertRowid
  const many = database.transaction((payloads: readonly Payload[]) => payloads.map(dispatch))
  const withRow = database.transaction((payload: Payload) => {
    insertNote.run(payload.text)
    return dispatch(payload)
  })
  return {
    dispatchMany: async (payloads) => many.immediate(payloads),
    dispatch: async (payload) => dispatch(payload),
    dispatchWithRow: async (payload) => withRow.immediate(payload),
    close: async () => void database.close(),
  }
}

interface ClaimedRow {
  readonly id: number
  readonly payload: string
}

class RawWorker implements Consumer {
  readonly #database: Database.Database
  readonly #handled: Handled
  readonly #anyReady: Database.Statement<[], unknown>
  readonly #settleAndClaim: (settled: readonly ClaimedRow[], claimMore: boolean) => readonly ClaimedRow[]
  #stopping = false
  #running: Promise<void> = Promise.resolve()

  constructor({ url, handled, history }: { url: string; handled: Handled; history: 'kept' | 'deleted' }) {
    this.#database = open(url)
    this.#handled = handled
    this.#anyReady = this.#database.prepare('select 1 from raw_job where state = 0 limit 1')
    const settleOne = this.#database.prepare<[number]>(settle[history])
    const claimBatch = this.#database.prepare<[], ClaimedRow>(claim)
    this.#settleAndClaim = this.#database.transaction((settled: readonly ClaimedRow[], claimMore: boolean) => {
      for (const { id } of settled) settleOne.run(id)
      return claimMore ? claimBatch.all() : []
    }).immediate
  }

  async start(): Promise<void> {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
    this.#database.close()
  }

  async #run(): Promise<void> {
    let rows: readonly ClaimedRow[] = []
    while (!this.#stopping || rows.length > 0) {
      // A transaction that may write takes the lock; while there is nothing to do a look is enough.
      if (rows.length === 0 && this.#anyReady.get() === undefined) {
        await pause(1)
        continue
      }
      rows = this.#settleAndClaim(rows, !this.#stopping)
      for (const { payload } of rows) this.#handled(JSON.parse(payload) as Payload)
      await turn()
    }
  }
}
