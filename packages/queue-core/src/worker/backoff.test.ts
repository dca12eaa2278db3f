import { expect, test } from 'vitest'
import { QueueClosedError, StorageError } from '../errors.ts'
import { backoffMs, isClosed } from './backoff.ts'

const at = (number: number) => ({ number: () => number, bytes: (length: number) => new Uint8Array(length) })
const down = new StorageError('connection', 'down')
const conflict = new StorageError('conflict', 'busy')

test('doubles from a tenth of a second up to five seconds, half of it random', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((failures) => backoffMs(down, failures, at(1)))
  expect(longest).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
  expect(backoffMs(down, 3, at(0))).toBe(200)
  expect(backoffMs(new Error('unknown'), 1, at(0.5))).toBe(75)
})

test('a conflict is tried again at once, unless it never ends', () => {
  expect([backoffMs(conflict, 1, at(0)), backoffMs(conflict, 20, at(1))]).toEqual([5, 50])
  expect(backoffMs(conflict, 21, at(1))).toBe(5_000)
})

test('knows that a closed driver does not come back', () => {
  expect([isClosed(new QueueClosedError()), isClosed(down)]).toEqual([true, false])
})
