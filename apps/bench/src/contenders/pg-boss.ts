import pg from 'pg'
import { PgBoss, type ConstructorOptions, type WorkOptions } from 'pg-boss'
import type { Contender, ContenderId, Payload, Producer } from '../contender.ts'
import { batch } from './fairness.ts'
import { createNotes, withNote } from './note-row.ts'
import { countLeft, query } from './postgres-query.ts'

const queue = 'note'
/** Half a second is the least it takes. */
const pollingInterval = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 }

export const pgBoss = boss({
  id: 'pg-boss',
  title: `pg-boss, batches of ${batch} and burst`,
  setup: `batchSize ${batch}, burstWhenBatchFull, LISTEN/NOTIFY on, polls every 0.5 s`,
  options: { ...pollingInterval, batchSize: batch, burstWhenBatchFull: true },
})

export const pgBossSingle = boss({
  id: 'pg-boss-single',
  title: 'pg-boss, 10 single-job workers',
  setup: 'localConcurrency 10, LISTEN/NOTIFY on, polls every 0.5 s: a worker takes one job a poll or notification',
  options: { ...pollingInterval, localConcurrency: 10 },
})

interface Configuration {
  readonly id: ContenderId
  readonly title: string
  readonly setup: string
  readonly options: WorkOptions
}

function boss({ id, title, setup, options }: Configuration): Contender {
  return {
    id,
    title,
    store: 'postgresql',
    history: 'kept',
    setup,
    async prepare(url) {
      const setUp = await start({ connectionString: url })
      await setUp.createQueue(queue, { notify: true })
      await setUp.stop()
      await query(url, createNotes)
    },
    produce: (url) => producer(url),
    async consume(url, handled) {
      const worker = await start({ connectionString: url, useListenNotify: true, schedule: false })
      return {
        async start() {
          await worker.work<Payload>(queue, options, async (jobs) => {
            for (const { data } of jobs) handled(data)
          })
        },
        stop: () => worker.stop(),
      }
    },
    left: (url) =>
      countLeft(url, `select count(*) as left from pgboss.job where state not in ('completed', 'cancelled', 'failed')`),
  }
}

/** The application's transaction runs on a pool of the application, as in its documentation. */
async function producer(url: string): Promise<Producer> {
  const pool = new pg.Pool({ connectionString: url })
  const sender = await start({ connectionString: url, supervise: false, schedule: false, migrate: false })
  return {
    dispatchMany: (payloads) =>
      sender.insert(
        queue,
        payloads.map((data) => ({ data })),
      ),
    dispatch: (payload) => sender.send(queue, payload),
    dispatchWithRow: (payload) =>
      withNote(pool, payload.text, (client) =>
        sender.send(queue, payload, { db: { executeSql: (text, values) => client.query(text, values) } }),
      ),
    async close() {
      await sender.stop()
      await pool.end()
    },
  }
}

async function start(options: ConstructorOptions): Promise<PgBoss> {
  const started = new PgBoss(options)
  started.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
  await started.start()
  return started
}
