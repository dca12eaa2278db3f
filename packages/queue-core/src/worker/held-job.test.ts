import { expect, test } from 'vitest'
import { JobAbortedError, TimeoutError } from '../errors.ts'
import { HeldJob } from './held-job.ts'

const held = () => new HeldJob({} as never, {} as never)
const lost = new JobAbortedError('lease_lost')
const cancelled = new JobAbortedError('cancelled')
const timeout = new TimeoutError('work', 5)

test('a handler that asks for its signal late still learns that it was told to stop', () => {
  const job = held()
  job.abort(cancelled, 1)
  expect([job.signal.aborted, job.signal.reason]).toEqual([true, cancelled])
})

test('the first reason decides, unless it was a lease that was only believed lost', () => {
  const first = held()
  first.abort(timeout, 1)
  first.abort(cancelled, 2)
  expect([first.abortedBy, first.abortedAt]).toEqual([timeout, 1])

  const fenced = held()
  const { signal } = fenced
  fenced.abort(lost, 1)
  fenced.abort(timeout, 2)
  expect([fenced.abortedBy, fenced.abortedAt, signal.reason]).toEqual([timeout, 2, lost])
})
