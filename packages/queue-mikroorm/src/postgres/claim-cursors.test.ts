import { beforeEach, expect, it } from 'vitest'
import { ClaimCursors, fromTheStart, rescanMs } from './claim-cursors.ts'

const at = (priority: number, second: number, job = '9') => ({
  ...{ priority, job, availableAt: `2040-01-01 00:00:0${second}+00` },
})
let time = 0
let cursors: ClaimCursors
beforeEach(() => {
  time = 0
  cursors = new ClaimCursors(() => time)
})
const cursor = () => cursors.of(['alpha']).get('mail')
const passed = (place: ReturnType<typeof at>) => cursors.of(['alpha']).set('mail', place)

it('each set of types has its own: a cursor has passed over the jobs of other types', () => {
  passed(at(0, 5))
  expect(cursor()).toEqual(at(0, 5))
  expect(cursors.of(['alpha', 'beta']).get('mail')).toBeUndefined()
})

it('goes back to the start twice a second', () => {
  passed(at(0, 5))
  cursors.promotedUpTo('2040-01-01 00:00:00+00')
  time = rescanMs - 1
  expect(cursor()).toBeDefined()
  time = rescanMs
  expect(cursor()).toBeUndefined()
  expect(cursors.later).toBe('-infinity')
})

it.each([
  ['a lower priority', at(-1, 9)],
  ['an earlier time', at(0, 4)],
  ['an earlier job of the same time', at(0, 5, '8')],
  ['the start', fromTheStart],
])('goes back to a row that arrived at %s', (_what, place) => {
  passed(at(0, 5))
  cursors.arrived('mail', place)
  expect(cursor()).toEqual(place)
})

it.each([
  ['another queue', 'images', at(-1, 0)],
  ['a place behind it', 'mail', at(0, 6)],
  ['a later job, though its number is shorter as text', 'mail', at(0, 5, '10')],
])('stays for a row of %s', (_what, queue, place) => {
  passed(at(0, 5))
  cursors.arrived(queue, place)
  expect(cursor()).toEqual(at(0, 5))
})

it('a job dispatched now lies behind the cursor, unless it is more urgent', () => {
  passed(at(3, 5))
  cursors.arrivedLast('mail', 3)
  expect(cursor()).toEqual(at(3, 5))
  cursors.arrivedLast('mail', 1)
  expect(cursor()).toEqual({ ...fromTheStart, priority: 1 })
})
