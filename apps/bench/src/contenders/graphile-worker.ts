import { Logger, makeWorkerUtils, run, type Runner } from 'graphile-worker'
import { once } from 'node:events'
import pg from 'pg'
import type { Consumer, Contender, ContenderId, Handled, Payload, Producer } from '../contender.ts'
import { createNotes, withNote } from './note-row.ts'
import { countLeft, query } from './postgres-query.ts'

const silent = new Logger(() => () => {})

/** The two configurations of its page on performance, with the concurrency and the pool that stand there. */
const maxPoolSize = 25
const common = { concurrentJobs: 24, logger: silent }
const batching = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }

export const graphileWorker = graphile({
  id: 'graphile-worker',
  title: 'graphile-worker, local queue and batched completion',
  setup: 'concurrentJobs 24, maxPoolSize 25, localQueue.size 500, completeJobBatchDelay 0, failJobBatchDelay 0',
  options: { ...common, ...batching },
})

export const graphileWorkerDefault = graphile({
  id: 'graphile-worker-default',
  title: 'graphile-worker, 24 jobs at once, else default',
  setup: 'concurrentJobs 24, maxPoolSize 25; local queue and batched completion off, as they are by default',
  options: common,
})

const addJob = { name: 'add-job', text: `select id from graphile_worker.add_job('note', $1::json)` }

interface Configuration {
  readonly id: ContenderId
  readonly title: string
  readonly setup: string
  readonly options: GraphileConfig.WorkerOptions
}

function graphile({ id, title, setup, options }: Configuration): Contender {
  return {
    id,
    title,
    store: 'postgresql',
    history: 'deleted',
    setup,
    async prepare(url) {
      const utils = await makeWorkerUtils({ connectionString: url, logger: silent })
      await utils.migrate()
      await utils.release()
      await query(url, createNotes)
    },
    produce: (url) => producer(url),
    consume: async (url, handled) => consumer(options, url, handled),
    left: (url) => countLeft(url, 'select count(*) as left from graphile_worker.jobs where attempts < max_attempts'),
  }
}

/** The application's transaction runs on a pool of the application and calls the function in the database. */
async function producer(url: string): Promise<Producer> {
  const pool = new pg.Pool({ connectionString: url })
  const utils = await makeWorkerUtils({ connectionString: url, logger: silent })
  return {
    dispatchMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: 'note', payload }))),
    dispatch: (payload) => utils.addJob('note', payload),
    dispatchWithRow: (payload) =>
      withNote(pool, payload.text, (client) => client.query({ ...addJob, values: [JSON.stringify(payload)] })),
    async close() {
      await utils.release()
      await pool.end()
    },
  }
}

function consumer(options: GraphileConfig.WorkerOptions, url: string, handled: Handled): Consumer {
  const pgPool = new pg.Pool({ connectionString: url, max: maxPoolSize })
  // It warns when a pool has no such listeners.
  const report = (error: Error) => void process.stderr.write(`graphile-worker: ${error.message}\n`)
  pgPool.on('error', report)
  pgPool.on('connect', (client) => client.on('error', report))
  let runner: Runner | undefined
  return {
    async start() {
      runner = await run({
        pgPool,
        preset: { worker: options },
        taskList: { note: (payload) => handled(payload as Payload) },
        noHandleSignals: true,
      })
    },
    async stop() {
      await runner?.stop()
      // It does not wait for completions that it does not batch, and one that waits for a pool that ends is lost.
      while (pgPool.waitingCount > 0 || pgPool.idleCount < pgPool.totalCount) await once(pgPool, 'release')
      await pgPool.end()
    },
  }
}
