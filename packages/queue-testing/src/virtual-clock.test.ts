import { expect, it } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

it('stands still until it is moved, by both of its times', async () => {
  const clock = new VirtualClock({ start: 1_000 })
  expect([clock.wall(), clock.monotonic()]).toEqual([1_000, 0])
  await clock.advance('2s')
  expect([clock.wall(), clock.monotonic()]).toEqual([3_000, 2_000])
})

it('starts at the real time unless told otherwise', () => {
  expect(Math.abs(new VirtualClock().wall() - Date.now())).toBeLessThan(60_000)
})

it('fires timers in the order of their times, then of their setting, each at its own time', async () => {
  const clock = new VirtualClock({ start: 0 })
  const fired: string[] = []
  const fire = (name: string) => () => fired.push(`${name} at ${clock.wall()}`)
  clock.setTimer(200, fire('late'))
  clock.setTimer(100, fire('first'))
  clock.setTimer(100, fire('second'))
  clock.setTimer(300, fire('never'))
  await clock.advance(200)
  expect(fired).toEqual(['first at 100', 'second at 100', 'late at 200'])
  expect(clock.pendingTimers).toBe(1)
})

it('lets promises run before the next timer, so that a timer set by them fires in its turn', async () => {
  const clock = new VirtualClock({ start: 0 })
  const seen: number[] = []
  const step = async (): Promise<void> => {
    seen.push(clock.wall())
    await Promise.resolve()
    await Promise.resolve()
    if (seen.length < 4) clock.setTimer(10, () => void step())
  }
  clock.setTimer(10, () => void step())
  await clock.advance(35)
  expect(seen).toEqual([10, 20, 30])
  await clock.advance(5)
  expect(seen).toEqual([10, 20, 30, 40])
  expect(clock.pendingTimers).toBe(0)
})

it('lets what was set before go on before it moves', async () => {
  const clock = new VirtualClock({ start: 0 })
  let firedAt: number | undefined
  void Promise.resolve().then(() => clock.setTimer(5, () => (firedAt = clock.wall())))
  await clock.advance(10)
  expect(firedAt).toBe(5)
})

it('does not fire what was cancelled, also by another timer', async () => {
  const clock = new VirtualClock()
  const fired: string[] = []
  const second = clock.setTimer(2, () => fired.push('second'))
  clock.setTimer(1, () => second.cancel())
  await clock.advance(5)
  second.cancel()
  expect(fired).toEqual([])
})
