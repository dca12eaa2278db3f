import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decodeNotification } from './notification.ts'
import { Notifier } from './notifier.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A notifier, and what it sent: at which millisecond, of which queues. */
function spiedNotifier() {
  const sent: { at: number; queues: unknown }[] = []
  const from = performance.now()
  const executor = {
    run: (_statement: unknown, [, payload]: readonly unknown[]) => {
      sent.push({ at: performance.now() - from, queues: decodeNotification(String(payload))?.queues })
      return Promise.resolve([])
    },
  }
  return { sent, notifier: new Notifier({ executor, channel: 'c', sender: 's', isOpen: () => true }) }
}

test('the first notification goes out at once, what follows within 5 ms together', async () => {
  const { sent, notifier } = spiedNotifier()
  notifier.tell(['a'])
  await vi.advanceTimersByTimeAsync(1)
  notifier.tell(['b'])
  notifier.tell(['c', 'b'])
  await vi.advanceTimersByTimeAsync(20)
  expect(sent).toEqual([
    { at: 0, queues: ['a'] },
    { at: 5, queues: ['b', 'c'] },
  ])
})

test('a busy sender notifies less and less often, up to once in 50 ms', async () => {
  const { sent, notifier } = spiedNotifier()
  for (let ms = 0; ms < 300; ms += 1) {
    notifier.tell(['a'])
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(sent.map(({ at }) => at)).toEqual([0, 5, 15, 35, 75, 125, 175, 225, 275])
})

test('after a calm moment it notifies at once again, and as often as at first', async () => {
  const { sent, notifier } = spiedNotifier()
  for (let ms = 0; ms < 100; ms += 1) {
    notifier.tell(['a'])
    await vi.advanceTimersByTimeAsync(1)
  }
  await vi.advanceTimersByTimeAsync(900)
  const before = sent.length
  notifier.tell(['a'])
  await vi.advanceTimersByTimeAsync(1)
  notifier.tell(['a'])
  await vi.advanceTimersByTimeAsync(50)
  expect(sent.slice(before).map(({ at }) => at)).toEqual([1000, 1005])
})
