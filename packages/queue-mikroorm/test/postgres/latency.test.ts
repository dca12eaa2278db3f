import { Queue, defineJob, type Clock, type Random, type StorageDriver } from '@goplate/queue-core'
import { VirtualClock } from '@goplate/queue-testing'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MikroOrmCaller } from '../../src/postgresql.ts'
import { newClaim, newJob, TestQueue } from './test-queue.ts'

/** The timers of maintenance are first due late. */
const random: Random = { number: () => 0.9, bytes: (length) => randomBytes(length) }
const alpha = defineJob({ type: 'alpha', handle: () => undefined })

let queue: TestQueue
beforeAll(async () => {
  queue = await TestQueue.open()
})
afterAll(() => queue.close())

describe('an idle worker', () => {
  it('sends one statement in 5 s', async () => {
    const { driver } = await queue.connect()
    const calls = new CallsUnderWay()
    const worker = calls.worker(driver)
    await worker.start()
    await calls.pass(1) // connected, registered, looked for a first time
    const statements: string[] = []
    const query = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(listed(statements) as never)
    await calls.pass(60)
    query.mockRestore()
    await worker.stop()
    // A listening connection notifies itself in real time, which stands still here.
    expect(statements.filter((name) => !name.includes('notify'))).toEqual(
      Array.from({ length: 12 }, () => 'goplate_queue_claim_jobs'),
    )
  })

  it('sets its next look for the moment at which a delayed job is due', async () => {
    const { driver } = await queue.connect()
    await (await queue.connect()).driver.dispatch({ jobs: [newJob({ delayMs: 3_456 })], caller: {} })
    const calls = new CallsUnderWay()
    const worker = calls.worker(driver)
    await worker.start()
    await calls.over()
    const early = calls.delays.filter((delayMs) => delayMs > 0 && delayMs <= 3_456) // the other timers are later
    expect(early).not.toEqual([])
    await worker.stop()
    await queue.admin.query('delete from goplate_queue.later')
  })
})

describe('a claim that is asked to look', () => {
  it('tells which leases are expired, in the form that reaping takes', async () => {
    const { driver } = await queue.connect()
    const now = Date.now() - 60_000
    await driver.dispatch({ jobs: [newJob()], caller: {}, now })
    const lost = newClaim({ leaseMs: 1, now })
    await driver.claim(lost)
    expect((await driver.claim(newClaim())).overdue).toBeUndefined()
    const { overdue } = await driver.claim(newClaim({ look: true }))
    const { expired } = await driver.reap({ confirmed: [] })
    expect(overdue).toEqual({ leases: expired, jobs: false })
    expect(expired.map((lease) => lease.leaseId)).toEqual([lost.leaseId])
    expect((await driver.reap({ confirmed: overdue!.leases })).reaped).toHaveLength(1)
  })

  it('tells whether jobs wait that are over their time', async () => {
    const { driver } = await queue.connect()
    await driver.dispatch({ jobs: [newJob({ type: 'unknown', expiresAt: Date.now() - 1000 })], caller: {} })
    expect((await driver.claim(newClaim({ look: true }))).overdue?.jobs).toBe(true)
    await driver.expiry!.expire({ limit: 10 })
    expect((await driver.claim(newClaim({ look: true }))).overdue?.jobs).toBe(false)
  })
})

/** A worker whose time is passed in steps, each of which ends when storage has answered all that it was asked. */
class CallsUnderWay {
  readonly delays: number[] = []
  readonly #clock = new VirtualClock()
  readonly #calls = new Set<Promise<unknown>>()

  worker(driver: StorageDriver<MikroOrmCaller>) {
    const clock: Clock = {
      wall: () => this.#clock.wall(),
      monotonic: () => this.#clock.monotonic(),
      setTimer: (delayMs, callback) => {
        this.delays.push(delayMs)
        return this.#clock.setTimer(delayMs, callback)
      },
    }
    return new Queue({
      driver: this.#watched(driver),
      jobs: [alpha],
      clock,
      random,
    }).createWorker({ retention: false })
  }

  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds * 4; passed++) {
      await this.#clock.advance(250)
      await this.over()
    }
  }

  async over(): Promise<void> {
    await this.#clock.advance(0)
    while (this.#calls.size > 0) {
      await Promise.allSettled(this.#calls)
      await this.#clock.advance(0)
    }
  }

  #watched(driver: StorageDriver<MikroOrmCaller>): StorageDriver<MikroOrmCaller> {
    const watch = <Args extends unknown[], Reply>(call: (...args: Args) => Promise<Reply>) => {
      return (...args: Args): Promise<Reply> => {
        const reply = call(...args)
        this.#calls.add(reply)
        void reply.catch(() => undefined).then(() => this.#calls.delete(reply))
        return reply
      }
    }
    return {
      ...driver,
      claim: watch(driver.claim),
      reap: watch(driver.reap),
      expiry: { expire: watch(driver.expiry!.expire) },
    }
  }
}

const realQuery = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query')!.value as (...args: never[]) => unknown

/** Lists what is sent by the name of the statement, or its text. */
function listed(statements: string[]) {
  return function (this: pg.Client, ...args: never[]): unknown {
    const [query] = args as unknown as [string | { readonly name?: string; readonly text: string }]
    statements.push(typeof query === 'string' ? query : (query.name ?? query.text))
    return realQuery.apply(this, args)
  }
}
