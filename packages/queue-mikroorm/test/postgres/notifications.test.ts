import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { newClaim, newJob, TestQueue } from './test-queue.ts'

let queue: TestQueue
let proxy: TcpProxy
beforeAll(async () => {
  queue = await TestQueue.open()
  proxy = await tcpProxy(queue.url)
})
afterEach(() => proxy.heal())
afterAll(async () => {
  await queue.close()
  await proxy.close()
})

type Process = Awaited<ReturnType<TestQueue['connect']>>
const channel = 'goplate_queue:goplate_queue'

/** Collects what a process is told; `next` waits for one more wake-up. */
function ears(process: Process) {
  const told: (readonly string[])[] = []
  let ring: () => void = () => undefined
  const end = process.driver.wakeups!.subscribe((queues) => {
    told.push(queues)
    ring()
  })
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => (ring = resolve))
  }
  return { told, end, until, heard: (name: string) => until(() => told.some((queues) => queues.includes(name))) }
}
const listeners = () =>
  queue.ask<number>(`
    select count(*)::int from pg_stat_activity
    where application_name = 'goplate-queue' and datname = current_database() and query ~ 'listen|pg_notify'`)

/** A process that listens already: it is woken for what it claims as soon as it hears. */
async function listening(options: Parameters<TestQueue['connect']>[0] = {}) {
  const process = await queue.connect(options)
  await process.driver.claim(newClaim({ queues: [{ queue: 'connected', limit: 1 }] }))
  const ear = ears(process)
  await ear.heard('connected')
  ear.told.length = 0
  return { ...process, ...ear }
}
const dispatchTo = (process: Process, ...queues: string[]) =>
  process.driver.dispatch({ jobs: queues.map((name) => newJob({ queue: name })), caller: {} })

it('another process hears of jobs after the commit, not after a rollback', async () => {
  const worker = await listening()
  const producer = await queue.connect()
  const rolledBack = producer.orm.em.fork().transactional(async (em) => {
    await producer.driver.dispatch({ jobs: [newJob({ queue: 'never' })], caller: { em } })
    throw new Error('no')
  })
  await expect(rolledBack).rejects.toThrow('no')
  const em = producer.orm.em.fork()
  await em.begin()
  await producer.driver.dispatch({ jobs: [newJob({ queue: 'mail' })], caller: { em } })
  await dispatchTo(await queue.connect(), 'marker')
  await worker.heard('marker')
  expect(worker.told.flat()).toEqual(['marker'])
  await em.commit()
  await worker.heard('mail')
  expect(worker.told.flat()).not.toContain('never')
  worker.end()
})

it('a process is not woken by its own notifications, and a thousand dispatches send a few', async () => {
  const worker = await listening()
  const other = await listening()
  await Promise.all(Array.from({ length: 1000 }, () => dispatchTo(worker, 'busy')))
  const local = worker.told.length
  await dispatchTo(await queue.connect(), 'after')
  await other.heard('after')
  await worker.heard('after')
  expect(worker.told).toHaveLength(local + 1)
  expect(other.told.filter((queues) => queues.includes('busy')).length).toBeLessThan(100)
  expect(await queue.ask('select pg_notification_queue_usage() < 0.01')).toBe(true)
  worker.end()
  other.end()
})

it('delayed jobs are told when they are due, to everybody', async () => {
  const worker = await listening()
  const producer = await listening()
  const dispatched = performance.now()
  await producer.orm.em.fork().transactional(async (em) => {
    await producer.driver.dispatch({ jobs: [newJob({ queue: 'soon', delayMs: 300 })], caller: { em } })
  })
  await dispatchTo(producer, 'marker')
  await worker.heard('marker')
  expect(worker.told.flat()).toEqual(['marker'])
  await Promise.all([worker.heard('soon'), producer.heard('soon')])
  expect(performance.now() - dispatched).toBeGreaterThanOrEqual(299)
  const { jobs } = await worker.driver.claim(newClaim({ queues: [{ queue: 'soon', limit: 1 }] }))
  expect(jobs).toHaveLength(1)
  worker.end()
  producer.end()
})

it('garbage and floods in the channel are ignored', async () => {
  const worker = await listening()
  const garbage = ['', 'x', 'x  ', 'a b c', `x ${"'; drop table job; --"}`, '!', '!x mail', 'x <script>', 'x ,,,']
  for (const payload of garbage) await queue.admin.query('select pg_notify($1, $2)', [channel, payload])
  await queue.admin.query(`select pg_notify('${channel}', 'x flood,' || n) from generate_series(1, 10000) n`)
  await queue.admin.query('select pg_notify($1, $2)', [channel, 'x end'])
  await worker.heard('end')
  expect(worker.told.filter((queues) => !queues.includes('flood'))).toEqual([['end']])
  worker.end()
})

it('more names than a notification can carry wake everybody', async () => {
  const worker = await listening()
  const names = Array.from({ length: 200 }, (_, index) => `${'n'.repeat(50)}${index}`)
  await dispatchTo(await queue.connect(), ...names)
  await worker.heard('connected')
  worker.end()
})

it('a type that goes on after a pause wakes everybody: its jobs may wait in any queue', async () => {
  const worker = await listening()
  const { driver } = await queue.connect()
  await driver.pausing!.pause({ kind: 'type', name: 'stands_still' })
  expect(await driver.pausing!.resume({ kind: 'type', name: 'stands_still' })).toBe(true)
  await worker.heard('connected')
  worker.end()
})

it('cancels of running jobs are told to other processes in a few notifications', async () => {
  const worker = await listening()
  const other = await queue.connect()
  await dispatchTo(worker, ...Array.from({ length: 50 }, () => 'long'))
  const { jobs } = await worker.driver.claim(newClaim({ queues: [{ queue: 'long', limit: 50 }] }))
  let hints = 0
  const end = worker.driver.wakeups!.onCancelRequested!(() => (hints += 1))
  await Promise.all(jobs.map(({ claim }) => other.driver.cancel({ ids: [claim.jobId] })))
  await dispatchTo(other, 'marker')
  await worker.heard('marker')
  expect(hints).toBeGreaterThanOrEqual(1)
  expect(hints).toBeLessThan(25)
  end()
  worker.end()
})

describe('the connection that listens', () => {
  it('is opened by the first subscriber and given back by the last', async () => {
    const process = await queue.connect()
    await expect.poll(listeners, { timeout: 30_000 }).toBe(0)
    const [first, second] = [ears(process), ears(process)]
    await expect.poll(listeners, { timeout: 30_000 }).toBe(1)
    first.end()
    second.end()
    await expect.poll(listeners, { timeout: 30_000 }).toBe(0)
  })

  it('is opened again after its backend was terminated, and everybody is woken', async () => {
    const worker = await listening()
    await queue.admin.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'goplate-queue' and datname = current_database() and query ~ 'listen|pg_notify'`)
    await worker.heard('connected')
    await dispatchTo(await queue.connect(), 'again')
    await worker.heard('again')
    worker.end()
  })

  it('closing the driver gives it back, also while the server hears nothing', async () => {
    const worker = await listening({ url: proxy.url })
    proxy.swallowEverything()
    await worker.driver.close()
  })
})

it('without notifications a process neither sends nor listens, and says so', async () => {
  const silent = await queue.connect({ notify: false })
  expect(silent.driver.wakeups!.fromOtherProcesses).toBe(false)
  const worker = await listening()
  expect(worker.driver.wakeups!.fromOtherProcesses).toBe(true)
  await expect.poll(listeners, { timeout: 30_000 }).toBe(1)
  const ear = ears(silent)
  await dispatchTo(silent, 'whisper')
  await dispatchTo(await queue.connect(), 'loud')
  await worker.heard('loud')
  expect(worker.told.flat()).toEqual(['loud'])
  expect(ear.told.flat()).toEqual(['whisper'])
  expect(await listeners()).toBe(1)
  worker.end()
})

it('two queues in one database do not hear or see each other', async () => {
  const [one, other] = [await queue.connect({ schema: 'one' }), await queue.connect({ schema: 'other' })]
  for (const { driver } of [one, other]) await driver.migrations!.migrate()
  const worker = await listening({ schema: 'other' })
  await dispatchTo(one, 'default')
  await dispatchTo(other, 'other')
  await worker.heard('other')
  expect(worker.told.flat()).toEqual(['other'])
  const all = { filter: {}, limit: 10 }
  expect((await one.driver.list(all)).jobs.map(({ queue: name }) => name)).toEqual(['default'])
  expect((await other.driver.list(all)).jobs.map(({ queue: name }) => name)).toEqual(['other'])
  expect((await other.driver.claim(newClaim())).jobs).toEqual([])
  worker.end()
})

it('a dispatch succeeds when it cannot be told', async () => {
  const producer = await queue.connect({ url: proxy.url })
  proxy.cutTheAnswerTo('goplate_queue_notify')
  for (const name of ['one', 'two', 'three']) {
    expect(await dispatchTo(producer, name)).toMatchObject({ stored: true })
  }
  await producer.driver.close()
})
