import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DataVersionPoll, type Glimpse } from './data-version-poll.ts'

let seen: Partial<Glimpse> | undefined
let due: string[]
let looks: number
const told: (readonly string[])[] = []
let poll: DataVersionPoll

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  seen = { version: 1 }
  due = []
  looks = 0
  told.length = 0
  poll = new DataVersionPoll({
    look() {
      looks += 1
      return seen && { version: 1, nextDue: undefined, now: Date.now(), ...seen }
    },
    dueQueues: () => due,
    tell: (queues) => told.push(queues),
  })
})
afterEach(() => {
  poll.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function looksWithin(ms: number): number {
  const before = looks
  vi.advanceTimersByTime(ms)
  return looks - before
}

it('looks every 25 ms, and every 250 ms after ten idle seconds', () => {
  poll.start()
  expect(looksWithin(1_000)).toBe(40)
  vi.advanceTimersByTime(9_250)
  expect(looksWithin(1_000)).toBe(4)
})

it('looks often again after something was committed, or happened here', () => {
  poll.start()
  vi.advanceTimersByTime(20_000)
  seen = { version: 2 }
  vi.advanceTimersByTime(250)
  expect(looksWithin(1_000)).toBe(40)
  vi.advanceTimersByTime(20_000)
  poll.noteActivity()
  expect(looksWithin(1_000)).toBe(40)
})

it('is not put off by a process that dispatches all the time', () => {
  poll.start()
  const before = looks
  for (let ms = 0; ms < 1_000; ms += 5) {
    poll.noteActivity()
    vi.advanceTimersByTime(5)
  }
  expect(looks - before).toBe(40)
})

it('tells the queues with due jobs when another connection committed, once', () => {
  poll.start()
  vi.advanceTimersByTime(100)
  due = ['mail']
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual([])
  seen = { version: 2 }
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual([['mail']])
})

it('tells nobody of commits that made nothing due', () => {
  poll.start()
  for (let version = 2; version < 10; version++) {
    seen = { version }
    vi.advanceTimersByTime(25)
  }
  expect(told).toEqual([])
})

it('tells of jobs that were there before it began', () => {
  due = ['mail']
  poll.start()
  vi.advanceTimersByTime(25)
  expect(told).toEqual([['mail']])
})

it('tells of a delayed job when its time has come, once, though nobody claims it', () => {
  poll.start()
  seen = { version: 1, nextDue: Date.now() + 500 }
  vi.advanceTimersByTime(475)
  expect(told).toEqual([])
  due = ['mail']
  vi.advanceTimersByTime(5_000)
  expect(told).toEqual([['mail']])
})

it('misses nothing while it could not look', () => {
  poll.start()
  vi.advanceTimersByTime(100)
  seen = undefined
  due = ['mail']
  vi.advanceTimersByTime(1_000)
  seen = { version: 2 }
  vi.advanceTimersByTime(25)
  expect(told).toEqual([['mail']])
})

it('started twice is one, stopped twice is fine, and stopped by a listener it stays stopped', () => {
  poll.start()
  poll.start()
  expect(looksWithin(250)).toBe(10)
  poll.stop()
  poll.stop()
  expect(looksWithin(1_000)).toBe(0)

  due = ['mail']
  const own = new DataVersionPoll({
    look: () => ({ version: 1, nextDue: undefined, now: 0 }),
    dueQueues: () => due,
    tell: () => own.stop(),
  })
  own.start()
  vi.advanceTimersByTime(1_000)
})
