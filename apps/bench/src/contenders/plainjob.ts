import Database from 'better-sqlite3'
import { better, defineQueue, defineWorker, JobStatus, type Queue } from 'plainjob'
import type { Contender, Payload } from '../contender.ts'

const type = 'note'
const pollMs = 10
const ignore = () => {}
const logger = { error: ignore, warn: ignore, info: ignore, debug: ignore }

export const plainjob: Contender = {
  id: 'plainjob',
  title: 'plainjob',
  store: 'sqlite',
  history: 'kept',
  setup: `addMany; one job at a time by design; polls every ${pollMs} ms; it sets synchronous = normal`,
  async prepare(url) {
    open(url).close()
  },
  async produce(url) {
    const queue = open(url)
    return {
      dispatchMany: async (payloads) => queue.addMany(type, [...payloads]),
      dispatch: async (payload) => queue.add(type, payload),
      close: async () => queue.close(),
    }
  },
  async consume(url, handled) {
    const queue = open(url)
    const worker = defineWorker(type, ({ data }) => handled(JSON.parse(data) as Payload), {
      queue,
      logger,
      pollIntervall: pollMs,
    })
    let running: Promise<void> = Promise.resolve()
    return {
      async start() {
        running = worker.start()
      },
      async stop() {
        await worker.stop()
        // Its `stop` waits for its sleep and not for a job: the loop ends when the job has been settled.
        await running
        queue.close()
      },
    }
  },
  async left(url) {
    const queue = open(url)
    const left = queue.countJobs({ status: JobStatus.Pending }) + queue.countJobs({ status: JobStatus.Processing })
    queue.close()
    return left
  },
}

/** Makes its tables where they are missing. */
function open(url: string): Queue {
  return defineQueue({ connection: better(new Database(url)), logger })
}
