import { defineJob, Queue, systemRandom } from '@goplate/queue-core'
import { queueExtension } from '@goplate/queue-mikroorm'
import { postgresDriver } from '@goplate/queue-mikroorm/postgresql'
import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql'
import type { Contender, Handled, Payload, WorkerSettings } from '../contender.ts'
import { concurrency, prefetch } from './fairness.ts'
import { jobsLeft } from './jobs-left.ts'

const Note = defineEntity({ name: 'Note', properties: { id: p.integer().primary(), text: p.string() } })

async function open(url: string, handled: Handled, { retention, alsoKnows }: WorkerSettings = {}) {
  const orm = await MikroORM.init({ clientUrl: url, entities: [Note], extensions: [queueExtension()] })
  const note = defineJob({ type: 'note', handle: (payload: Payload) => handled(payload) })
  const queue = new Queue({
    driver: postgresDriver(orm),
    jobs: [note, ...(alsoKnows === undefined ? [] : [defineJob({ type: alsoKnows, handle: handled })])],
    // When the removal of old jobs begins is left to chance, within five minutes.
    ...(retention !== undefined && { random: { ...systemRandom, number: () => 0 } }),
  })
  const close = async () => {
    await queue.close()
    await orm.close()
  }
  return { orm, note, queue, close }
}

export const goplatePostgres: Contender = {
  id: 'goplate-postgres',
  title: 'GoPlate Queue, PostgreSQL',
  store: 'postgresql',
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
  async consume(url, handled, settings) {
    const { queue, close } = await open(url, handled, settings)
    const kept = settings?.retention
    const worker = queue.createWorker({
      ...{ concurrency, prefetch },
      ...(kept !== undefined && { retention: { finished: kept } }),
    })
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
