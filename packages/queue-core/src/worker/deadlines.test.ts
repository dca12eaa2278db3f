import { expect, test } from 'vitest'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Deadlines } from './deadlines.ts'

test('deadlines pass in time, those that were cancelled do not, on one timer per length', async () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  const passed: string[] = []
  const watch = (ms: number, name: string) => deadlines.watch(ms, () => passed.push(`${name} at ${clock.monotonic()}`))
  watch(100, 'a')
  const b = watch(100, 'b')
  watch(30, 'c')
  await clock.advance(10)
  watch(100, 'd')
  expect(clock.pending).toBe(2)
  b.cancel()
  b.cancel()
  await clock.advance(1_000)
  expect(passed).toEqual(['c at 30', 'a at 100', 'd at 110'])
  expect(clock.pending).toBe(0)
})

test('a deadline set by one that passes counts too', async () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  const passed: number[] = []
  deadlines.watch(50, () => {
    passed.push(clock.monotonic())
    deadlines.watch(50, () => passed.push(clock.monotonic()))
  })
  await clock.advance(200)
  expect(passed).toEqual([50, 100])
})

test('clear leaves no timer', async () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  deadlines.watch(50, () => expect.unreachable())
  deadlines.watch(60, () => expect.unreachable()).cancel()
  deadlines.clear()
  expect(clock.pending).toBe(0)
  await clock.advance(100)
})
