import { Queue, Worker, type ConnectionOptions } from 'bullmq'
import type { Contender, Payload } from '../contender.ts'
import { concurrency } from './fairness.ts'

const name = 'note'

export const bullmq: Contender = {
  id: 'bullmq',
  title: 'BullMQ on Redis',
  store: 'redis',
  history: 'kept',
  setup: `ioredis, concurrency ${concurrency}, addBulk; completed jobs kept, as they are by default`,
  // Its keys come with the first job.
  prepare: async () => {},
  async produce(url) {
    const queue = openQueue(url)
    await queue.waitUntilReady()
    return {
      dispatchMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name, data }))),
      dispatch: (payload) => queue.add(name, payload),
      close: () => queue.close(),
    }
  },
  async consume(url, handled) {
    const worker = new Worker<Payload, void>(name, async ({ data }) => handled(data), {
      connection: connection(url),
      concurrency,
      autorun: false,
    })
    worker.on('error', (error) => process.stderr.write(`BullMQ: ${error.message}\n`))
    let running: Promise<void> = Promise.resolve()
    return {
      async start() {
        await worker.waitUntilReady()
        running = worker.run()
      },
      async stop() {
        await worker.close()
        await running
      },
    }
  },
  async left(url) {
    const queue = openQueue(url)
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'waiting-children')
    await queue.close()
    return Object.values(counts).reduce((left, count) => left + count, 0)
  },
}

function openQueue(url: string): Queue<Payload> {
  return new Queue<Payload>(name, { connection: connection(url) })
}

/** A worker's blocking connection must retry for ever: its documentation asks for `null`. */
function connection(url: string): ConnectionOptions {
  return { url, maxRetriesPerRequest: null }
}
