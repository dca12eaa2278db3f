import { startPostgres, type LocalPostgres } from '@goplate/local-postgres'
import { defineJob, Queue, type JobContext } from '@goplate/queue-core'
import type { EntityManager } from '@mikro-orm/core'
import type { EntityManager as SqlEntityManager } from '@mikro-orm/postgresql'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresDriver, type MikroOrmCaller } from '../../src/postgresql.ts'
import { openOrm } from '../postgres/postgres-orm.ts'
import { hostileTexts } from './corpus.ts'

/** Stands in every text that a user gives, so that a server that was told one says so. */
const mark = 'zq7'
const texts = hostileTexts.map((text) => `${mark}${text}`)
const queueName = `${mark}:mail/out.x-1`

const act = defineJob({
  type: `${mark}.act`,
  queue: queueName,
  maxAttempts: 2,
  retryAfter: 0,
  async handle(payload: { readonly text: string; readonly fail?: boolean }, context) {
    context.log(payload.text, 'warn')
    context.progress(50)
    if (payload.fail === true) throw new Error(payload.text)
    return tell(payload.text, context)
  },
})

/** Results the plain way, in the transaction of the job, and with a second job. */
async function tell(text: string, context: JobContext): Promise<unknown> {
  if (text.length % 2 === 0) return { text, [text]: text }
  return context.complete(async (transaction) => {
    await context.dispatch(other, { text }, { tags: [`${mark}.tag`] })
    await (transaction as SqlEntityManager).execute('select 1')
    return text
  })
}

const other = defineJob({
  type: `${mark}.other`,
  queue: queueName,
  async handle(payload: { readonly text: string }, context) {
    if (payload.text.length % 3 === 0) return context.snooze('1h', payload.text)
    return payload.text.length % 3 === 1 ? context.cancel(payload.text) : undefined
  },
})

describe('the statements of a full run, as the server logs them', () => {
  let postgres: LocalPostgres
  let log = ''
  beforeAll(async () => {
    postgres = await startPostgres({
      settings: { log_statement: 'all', log_parameter_max_length: 0, log_min_error_statement: 'panic' },
      onLog: (text) => (log += text),
    })
  })
  afterAll(() => postgres.stop())
  beforeEach(({ skip }) => skip(!postgres.owned, 'DATABASE_URL names a server whose log cannot be read'))

  /** The log is heard a moment after the answer; what was asked last stands last in it. */
  async function logUpTo(sign: string): Promise<string> {
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    while (!log.includes(sign)) await client.query(`select '${sign}'`)
    await client.end()
    return log
  }

  it.each([true, false])('hold no text of a user; all of it is bound (prepared: %s)', async (prepare) => {
    const orm = await openOrm(postgres.url)
    const queue = new Queue({ driver: postgresDriver(orm, { prepare }), jobs: [act, other] })
    await queue.migrate()
    const worker = queue.createWorker({ name: `${mark}-worker` })
    await worker.start()
    for (const text of texts) await dispatchEveryWay(queue, orm.em.fork(), text)
    await worker.stop()
    await queue.createWorker({ name: `${mark}-worker` }).drain()
    const states = new Set((await queue.count()).map(({ state }) => state))
    expect(states).toEqual(new Set(['pending', 'finished', 'failed', 'cancelled']))
    await administer(queue)
    await queue.erase({ queues: [queueName] })
    await queue.close()
    await orm.close()

    const statements = await logUpTo(`end of ${prepare}`)
    expect(statements).toMatch(/execute .*claim_jobs|insert into "?goplate_queue"?\."?lease/)
    expect(statements).toContain('pg_notify')
    expect(statements.match(/.*zq7.*/)?.[0]).toBeUndefined()
  })

  it('would show it otherwise', async () => {
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    await client.query(`select '${mark}'`)
    await client.end()
    expect(await logUpTo('end of all')).toContain(mark)
  })
})

type Jobs = Queue<readonly [typeof act, typeof other], MikroOrmCaller>

async function dispatchEveryWay(queue: Jobs, em: EntityManager, text: string): Promise<void> {
  const key = text.slice(0, 1_000)
  const { id } = await queue.dispatch(act, { text }, { unique: { key }, meta: { [key]: key }, tags: [`${mark}.tag`] })
  await queue.dispatch(act, { text, fail: true }, { delay: 1 })
  await queue.dispatchMany(act, [{ text }, { text }], { expiresAt: new Date(Date.now() + 60_000) })
  await em.transactional(async (inner) => {
    await queue.dispatch(other, { text }, { em: inner, unique: { key: `${key}!`, onConflict: 'return' } })
  })
  await queue.persist(em, other, { text })
  await em.flush()
  const { id: doomed } = await queue.dispatch(other, { text }, { delay: '1h' })
  await queue.cancel(doomed, { reason: key })
  await queue.retry(doomed)
  await queue.find(id, { history: true })
  await queue.find(text.slice(0, 64))
  await queue.list({ queues: [text], types: [text] })
  await queue.count({ queues: [text], types: [text] })
}

async function administer(queue: Jobs): Promise<void> {
  for (const reason of texts.map((text) => text.slice(0, 1_000))) {
    await queue.pause({ queue: queueName, reason })
    await queue.paused()
    await queue.resume({ queue: queueName })
  }
  const { jobs } = await queue.list({ queues: [queueName], limit: 1_000 })
  for (const { id } of jobs.slice(0, 20)) await queue.lines(id)
  await queue.delete(jobs.map(({ id }) => id))
  await queue.health()
}
