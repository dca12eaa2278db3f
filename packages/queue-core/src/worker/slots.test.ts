import { expect, test } from 'vitest'
import { shareOut, Slots } from './slots.ts'
import type { WorkerSettings } from './worker-options.ts'

const slots = (settings: object) => new Slots(settings as WorkerSettings)
const all = new Set(['a', 'b'])

test('what is wanted is given when there is room for all of it', () => {
  expect(
    shareOut(10, [
      { weight: 1, served: 0, most: 3 },
      { weight: 9, served: 0, most: 7 },
    ]),
  ).toEqual([3, 7])
})

test('scarce room is shared by weight, and what one does not want goes to the others', () => {
  const queue = (weight: number, most: number) => ({ weight, served: 0, most })
  expect(shareOut(8, [queue(3, 100), queue(1, 100)])).toEqual([6, 2])
  expect(shareOut(8, [queue(3, 2), queue(1, 100)])).toEqual([2, 6])
  expect(shareOut(0, [queue(1, 5)])).toEqual([0])
})

test('one slot goes round by weight', () => {
  const one = slots({
    concurrency: 1,
    prefetch: 0,
    queues: [
      { queue: 'a', concurrency: 1, weight: 3 },
      { queue: 'b', concurrency: 1, weight: 1 },
    ],
  })
  const turns: Record<string, number> = { a: 0, b: 0 }
  for (let turn = 0; turn < 400; turn += 1) {
    const { queue } = one.limits(all).find(({ limit }) => limit > 0)!
    one.queueUp(queue)
    one.leaveLine(queue)
    turns[queue]! += 1
  }
  expect(turns).toEqual({ a: 300, b: 100 })
})

test('a queue that was quiet for long does not make the others wait for what it did not use', () => {
  const one = slots({
    concurrency: 1,
    prefetch: 0,
    queues: [
      { queue: 'a', concurrency: 1, weight: 1 },
      { queue: 'b', concurrency: 1, weight: 1 },
    ],
  })
  const serve = (hungry: ReadonlySet<string>) => {
    const { queue } = one.limits(hungry).find(({ limit }) => limit > 0)!
    one.queueUp(queue)
    one.leaveLine(queue)
    return queue
  }
  for (let turn = 0; turn < 100; turn += 1) serve(new Set(['a']))
  one.catchUp('b')
  const next = Array.from({ length: 10 }, () => serve(all))
  expect(next.filter((queue) => queue === 'a').length).toBeGreaterThanOrEqual(4)
})

test('limits count what runs, what waits, and what may be claimed ahead; refilled when half of it is used', () => {
  const ahead = slots({ concurrency: 2, prefetch: 4, queues: [{ queue: 'a', concurrency: 2, weight: 1 }] })
  const only = new Set(['a'])
  expect(ahead.limits(only)).toEqual([{ queue: 'a', limit: 6 }])
  for (let job = 0; job < 6; job += 1) ahead.queueUp('a')
  for (let job = 0; job < 2; job += 1) {
    ahead.leaveLine('a')
    ahead.take('a')
  }
  expect([ahead.hasFree('a'), ahead.hasRoom, ahead.running, ahead.waiting]).toEqual([false, false, 2, 4])
  ahead.leaveLine('a')
  expect(ahead.hasRoom).toBe(false)
  ahead.leaveLine('a')
  expect(ahead.limits(only)).toEqual([{ queue: 'a', limit: 2 }])
  expect(ahead.limits(new Set())).toEqual([{ queue: 'a', limit: 0 }])
})

test('what is claimed ahead shrinks where runs take long', () => {
  const ahead = slots({ concurrency: 2, prefetch: 100, queues: [{ queue: 'a', concurrency: 2, weight: 1 }] })
  const room = () => ahead.limits(new Set(['a']))[0]?.limit
  expect(room()).toBe(102)
  ahead.noteRun(10)
  expect(room()).toBe(52)
  for (let run = 0; run < 50; run += 1) ahead.noteRun(60_000)
  expect(room()).toBe(2)
})
