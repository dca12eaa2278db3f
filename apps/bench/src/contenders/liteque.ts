import { buildDBClient, Runner, SqliteQueue } from 'liteque'
import type { Contender, Payload } from '../contender.ts'
import { concurrency } from './fairness.ts'

const pollMs = 10

export const liteque: Contender = {
  id: 'liteque',
  title: 'liteque',
  store: 'sqlite',
  history: 'deleted',
  setup: `concurrency ${concurrency}, polls every ${pollMs} ms, no bulk call; it sets synchronous = normal; its async transaction, refused by better-sqlite3 13, left out: its compare-and-swap guards a claim`,
  async prepare(url) {
    buildDBClient(url, { runMigrations: true })
  },
  async produce(url) {
    const queue = open(url)
    return {
      async dispatchMany(payloads) {
        for (const payload of payloads) await queue.enqueue(payload)
      },
      dispatch: (payload) => queue.enqueue(payload),
      close: async () => {},
    }
  },
  async consume(url, handled) {
    const runner = new Runner<Payload>(
      open(url),
      { run: async ({ data }) => handled(data) },
      { concurrency, pollIntervalMs: pollMs, timeoutSecs: 60 },
    )
    let running: Promise<void> = Promise.resolve()
    return {
      async start() {
        running = runner.run()
      },
      async stop() {
        runner.stop()
        await running
      },
    }
  },
  async left(url) {
    const { pending, pending_retry: retrying, running } = await open(url).stats()
    return pending + retrying + running
  },
}

/** Its handle has no way to be closed; it goes with the process. */
function open(url: string): SqliteQueue<Payload> {
  const db = buildDBClient(url)
  // Claims and completions of one process come one after the other, and a claim names the allocation it read.
  Object.assign(db, { transaction: (work: (transaction: typeof db) => unknown) => work(db) })
  return new SqliteQueue<Payload>('note', db, { defaultJobArgs: { numRetries: 2 }, keepFailedJobs: false })
}
