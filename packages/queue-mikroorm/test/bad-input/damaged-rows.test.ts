import { randomUUID } from 'node:crypto'
import { defineJob, StorageError, type AnyJob, type JobRecord, type Queue } from '@goplate/queue-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damages, type Damage, type Standing } from './damages.ts'
import { sqlDatabases, type SqlDatabase } from './sql-databases.ts'
import { looseQueue } from './three-queues.ts'

const good = defineJob({ type: 'good', async handle(_payload: unknown) {} })
const victim = defineJob({
  type: 'victim',
  maxAttempts: 2,
  retryAfter: 0,
  async handle(_payload: unknown) {
    runs += 1
  },
})
const failing = defineJob({
  type: 'failing',
  maxAttempts: 1,
  async handle(_payload: unknown) {
    throw new Error('on purpose')
  },
})
/** Runs of the victim. */
let runs = 0
/** Whether it was found before it was deleted. */
let visible = false

/** Brings a victim to where it stands; returns its id. */
const bring: Record<Standing, (queue: Queue<readonly AnyJob[], object>, storage: SqlDatabase) => Promise<string>> = {
  ready: async (queue) => (await queue.dispatch(victim, {})).id,
  later: async (queue) => (await queue.dispatch(victim, {}, { delay: 1 })).id,
  unique: async (queue) => (await queue.dispatch(victim, {}, { unique: { key: 'k' } })).id,
  expiring: async (queue) => (await queue.dispatch(victim, {}, { expiresAt: new Date(Date.now() + 86_400_000) })).id,
  async failed(queue) {
    const { id } = await queue.dispatch(failing, {})
    await queue.createWorker({ retention: false }).drain()
    return id
  },
  async leased(queue, { driver }) {
    const { id } = await queue.dispatch(victim, {})
    await queue.dispatch(good, {})
    const queues = [{ queue: 'default', limit: 2 }]
    const types = ['victim', 'good']
    await driver.claim({ leaseId: randomUUID(), leaseMs: 1, worker: 'dead', queues, types, solo: false })
    return id
  },
}

/** The row that the hand changes: the victim's, as the table knows it. */
const victimRow = ({ table, column }: Damage, id: string): string => {
  if (table === 'job') return `id = ${id}`
  if (table === 'lease' || table === 'setting') return 'true'
  if (table === 'outcome' && column === 'final') return `job = ${id} and final`
  return `job = ${id}`
}

/** Without its id nobody can name a job; one that ended long ago is pruned. */
function isGone({ table, column }: Damage): boolean {
  return (table === 'job' && column === 'id') || (table === 'outcome' && column === 'ended_at')
}

/** As a dashboard would: a date that is none throws. */
function shown(job: JobRecord | undefined): void {
  if (job === undefined) return
  expect(job.state).toMatch(/^(pending|blocked|running|finished|failed|cancelled)$/)
  for (const value of [...Object.values(job), ...(job.history ?? []).flatMap((one) => Object.values(one) as unknown[])])
    if (value instanceof Date) value.toISOString()
}

describe.each(Object.entries(sqlDatabases))('a row damaged by hand on %s', (name, open) => {
  let storage: SqlDatabase
  let queue: Queue<readonly AnyJob[], object>
  const errors: string[] = []
  beforeAll(async () => {
    storage = await open()
    queue = looseQueue(storage.driver, [good, victim, failing])
    queue.on('error', ({ during, error }) => errors.push(`${during}: ${String(error)}`))
  })
  afterAll(async () => {
    await queue.close()
    await storage.close()
  })

  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => errors.push(`${what}: ${String(error)}`))
  }

  /** About the damaged job alone an operator may be told that it cannot be done. */
  const perhaps = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => {
      if (!StorageError.isInstance(error)) errors.push(`${what}: ${String(error)}`)
    })
  }

  /** What a dashboard and an operator ask. */
  async function look(id: string): Promise<void> {
    await attempt('find', async () => shown(await queue.find(id, { history: true })))
    await attempt('list', async () => (await queue.list()).jobs.forEach(shown))
    for (const state of ['pending', 'running', 'failed', 'finished'] as const) {
      await attempt(`list ${state}`, () => queue.list({ states: [state] }))
    }
    await attempt('count', () => queue.count())
    const health = await queue.health()
    if (!health.ok) errors.push(`health: ${String(health.error)}`)
    await attempt('audit', () => storage.audit())
  }

  /** What workers do by themselves, all of it. */
  async function upkeep(): Promise<void> {
    const { driver } = storage
    await attempt('reap', async () => {
      const { expired } = await driver.reap({ confirmed: [] })
      await driver.reap({ confirmed: expired })
    })
    await attempt('expire', () => driver.expiry!.expire({ limit: 1_000 }))
    await attempt('prune', () => driver.prune({ limit: 1_000, retention: { finishedMs: 1e10, failedMs: 1e10 } }))
    const worker = queue.createWorker({ retention: false })
    await attempt('work', () => worker.drain({ deadline: '5s' }))
  }

  async function everything(id: string): Promise<void> {
    await look(id)
    await upkeep()
    await look(id)
    await attempt('dispatch', () => queue.dispatch(good, {}))
    await attempt('dispatch unique', () => queue.dispatch(victim, {}, { unique: { key: 'k' } }))
    await upkeep()
    await perhaps('cancel', () => queue.cancel(id))
    await perhaps('retry', () => queue.retry(id))
    await upkeep()
    await look(id)
    visible = (await queue.find(id)) !== undefined
    await perhaps('delete', () => queue.delete(id))
    await attempt('prune', () =>
      storage.driver.prune({ limit: 1_000, retention: { finishedMs: 1e10, failedMs: 1e10 } }),
    )
  }

  it.each(damages[name as keyof typeof damages])('$table $column = $value ($standing)', async (damage) => {
    await storage.empty()
    const id = await bring[damage.standing](queue, storage)
    const neighbours = [await queue.dispatch(good, {}), await queue.dispatch(good, {}, { delay: 1 })]
    errors.length = runs = 0
    const { table, column, value } = damage
    await storage.query(`update ${storage.table(table)} set ${column} = ${value} where ${victimRow(damage, id)}`)

    await everything(id)
    expect(errors).toEqual([])
    expect(runs).toBeLessThan(20)
    if (!isGone(damage)) expect(visible).toBe(true)
    const states = await Promise.all(neighbours.map(async (one) => (await queue.find(one.id))?.state))
    expect(states).toEqual(['finished', 'finished'])
  })
})

it('a SQLite database without its number of ids gives out new ones', async () => {
  const storage = await sqlDatabases.sqlite()
  const queue = looseQueue(storage.driver, [good])
  const { id } = await queue.dispatch(good, {})
  await storage.query(`delete from ${storage.table('setting')}`)
  const { id: next } = await queue.dispatch(good, {})
  expect(Number(next)).toBeGreaterThan(Number(id))
  await queue.close()
  await storage.close()
})
