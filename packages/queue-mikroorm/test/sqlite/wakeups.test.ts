import type { StorageDriver } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/sqlite'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sqliteDriver, type MikroOrmCaller } from '../../src/sqlite.ts'
import { newJob } from './new-job.ts'
import { sqliteOrm, temporaryDirectory } from './sqlite-orm.ts'

let directory: ReturnType<typeof temporaryDirectory>
let orm: MikroORM
/** As another process would have it. */
let otherOrm: MikroORM
let driver: StorageDriver<MikroOrmCaller>
let other: StorageDriver<MikroOrmCaller>
beforeEach(async () => {
  directory = temporaryDirectory()
  orm = await sqliteOrm({ dbName: directory.path('app.db') })
  otherOrm = await sqliteOrm({ dbName: directory.path('app.db') })
  driver = sqliteDriver(orm)
  other = sqliteDriver(otherOrm)
  await driver.migrations!.migrate()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(async () => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  await orm.close(true)
  await otherOrm.close(true)
  directory.remove()
})

const aLook = 25
function listen(): { readonly told: string[]; end(): void } {
  const told: string[] = []
  return { told, end: driver.wakeups!.subscribe((queues) => told.push(...queues)) }
}
const dispatch = (by: StorageDriver<MikroOrmCaller>, fields = {}) => by.dispatch({ jobs: [newJob(fields)], caller: {} })

it('hears of jobs that another process dispatched, in which queue', async () => {
  const { told, end } = listen()
  vi.advanceTimersByTime(aLook)
  await dispatch(other, { queue: 'mail' })
  expect(told).toEqual([])
  vi.advanceTimersByTime(aLook)
  expect(told).toEqual(['mail'])
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual(['mail'])
  end()
})

it('hears of a delayed job of another process when it is due', async () => {
  const { told, end } = listen()
  await dispatch(other, { queue: 'mail', delayMs: 500 })
  vi.advanceTimersByTime(475)
  expect(told).toEqual([])
  vi.advanceTimersByTime(aLook)
  expect(told).toEqual(['mail'])
  end()
})

it('does not look into an open transaction of the application, and hears afterwards', async () => {
  const { told, end } = listen()
  const native = await orm.driver.getConnection('write').getNativeClient()
  const pragma = vi.spyOn(native, 'pragma')
  await orm.em.transactional(async () => {
    await dispatch(driver, { queue: 'of-the-transaction' })
    pragma.mockClear()
    vi.advanceTimersByTime(1_000)
    expect(pragma).not.toHaveBeenCalled()
    expect(told).toEqual([])
  })
  expect(told).toEqual(['of-the-transaction'])
  await dispatch(other, { queue: 'mail' })
  vi.advanceTimersByTime(aLook)
  expect(told).toContain('mail')
  end()
})

it('looks only while somebody listens, with one timer for all, which keeps no process alive', async () => {
  expect(vi.getTimerCount()).toBe(0)
  const set = vi.spyOn(globalThis, 'setTimeout')
  const [first, second] = [listen(), listen()]
  expect(vi.getTimerCount()).toBe(1)
  expect((set.mock.results[0]!.value as NodeJS.Timeout).hasRef()).toBe(false)
  first.end()
  await dispatch(other, { queue: 'mail' })
  vi.advanceTimersByTime(aLook)
  expect([first.told, second.told]).toEqual([[], ['mail']])
  second.end()
  expect(vi.getTimerCount()).toBe(0)
})

it('does not open again what the application closed', async () => {
  const { told, end } = listen()
  await orm.close(true)
  await dispatch(other)
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual([])
  expect(await orm.isConnected()).toBe(false)
  end()
})

it('can be switched off, and is off for a database in memory', async () => {
  expect(driver.wakeups!.fromOtherProcesses).toBe(true)
  const silent = sqliteDriver(orm, { watchOtherProcesses: false }).wakeups!
  expect(silent.fromOtherProcesses).toBe(false)
  silent.subscribe(() => undefined)()
  const memory = await sqliteOrm()
  expect(sqliteDriver(memory).wakeups!.fromOtherProcesses).toBe(false)
  await memory.close(true)
})
