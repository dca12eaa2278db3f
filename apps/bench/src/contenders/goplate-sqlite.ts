import { defineJob, Queue } from '@goplate/queue-core'
import { queueExtension } from '@goplate/queue-mikroorm'
import { sqliteDriver } from '@goplate/queue-mikroorm/sqlite'
import { defineEntity, MikroORM, p } from '@mikro-orm/sqlite'
import type { Contender, Handled, Payload } from '../contender.ts'
import { concurrency, prefetch } from './fairness.ts'
import { jobsLeft } from './jobs-left.ts'

const Note = defineEntity({ name: 'Note', properties: { id: p.integer().primary(), text: p.string() } })

async function open(url: string, handled: Handled) {
  const orm = await MikroORM.init({ dbName: url, entities: [Note], extensions: [queueExtension()] })
  const note = defineJob({ type: 'note', handle: (payload: Payload) => handled(payload) })
  const queue = new Queue({ driver: sqliteDriver(orm), jobs: [note] })
  const close = async () => {
    await queue.close()
    await orm.close()
  }
  return { orm, note, queue, close }
}

export const goplateSqlite: Contender = {
  id: 'goplate-sqlite',
  title: 'GoPlate Queue, SQLite',
  store: 'sqlite',
  history: 'kept',
  setup: `one worker, concurrency ${concurrency}, prefetch ${prefetch}; everything else as it comes`,
  async prepare(url) {
    const { orm, queue, close } = await open(url, () => {})
    await orm.schema.update()
    await queue.migrate()
    await close()
  },
  async produce(url) {
    const { orm, note, queue, close } = await open(url, () => {})
    return {
      dispatchMany: (payloads) => queue.dispatchMany(note, payloads),
      dispatch: (payload) => queue.dispatch(note, payload),
      dispatchWithRow: (payload) =>
        orm.em.fork().transactional(async (em) => {
          em.create(Note, { text: payload.text })
          await queue.dispatch(note, payload, { em })
        }),
      close,
    }
  },
  async consume(url, handled) {
    const { queue, close } = await open(url, handled)
    const worker = queue.createWorker({ concurrency, prefetch })
    return {
      start: () => worker.start(),
      async stop() {
        await worker.stop()
        await close()
      },
    }
  },
  async left(url) {
    const { queue, close } = await open(url, () => {})
    const left = await jobsLeft(queue)
    await close()
    return left
  },
}
