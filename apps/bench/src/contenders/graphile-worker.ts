import { Logger, makeWorkerUtils, run, type Runner } from 'graphile-worker'
import pg from 'pg'
import type { Contender, ContenderId, Payload } from '../contender.ts'
import { createNotes, withNote } from './note-row.ts'
import { countLeft, query } from './postgres-query.ts'

const silent = new Logger(() => () => {})

/** The two configurations of its page on performance, with the concurrency and the pool that stand there. */
const common = { concurrentJobs: 24, maxPoolSize: 25, logger: silent }
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
    async consume(url, handled) {
      let runner: Runner | undefined
      return {
        async start() {
          runner = await run({
            preset: { worker: { ...options, connectionString: url } },
            taskList: { note: (payload) => handled(payload as Payload) },
            noHandleSignals: true,
          })
        },
        stop: async () => runner?.stop(),
      }
    },
    left: (url) => countLeft(url, 'select count(*) as left from graphile_worker.jobs where attempts < max_attempts'),
  }
}

/** The application's transaction runs on a pool of the application and calls the function in the database. */
async function producer(url: string) {
  const pool = new pg.Pool({ connectionString: url })
  const utils = await makeWorkerUtils({ connectionString: url, logger: silent })
  return {
    dispatchMany: (payloads: readonly Payload[]) =>
      utils.addJobs(payloads.map((payload) => ({ identifier: 'note', payload }))),
    dispatch: (payload: Payload) => utils.addJob('note', payload),
    dispatchWithRow: (payload: Payload) =>
      withNote(pool, payload.text, (client) => client.query({ ...addJob, values: [JSON.stringify(payload)] })),
    async close() {
      await utils.release()
      await pool.end()
    },
  }
}
