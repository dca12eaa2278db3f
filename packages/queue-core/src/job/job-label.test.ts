import { describe, expect, it } from 'vitest'
import { jobLabel, type JobLabel, type Obstacles } from './job-label.ts'
import { jobStates } from './job-state.ts'
import type { StoredJob } from './stored-job.ts'

const now = 1_000
const pending = { state: 'pending', attempt: 0, availableAt: now } as const

describe('jobLabel', () => {
  it.each<[string, Partial<StoredJob>, Obstacles, JobLabel]>([
    ['due', {}, {}, 'ready'],
    ['due without a known time', { availableAt: undefined as never }, {}, 'ready'],
    ['due after a failed attempt', { attempt: 2 }, {}, 'ready'],
    ['later', { availableAt: now + 1 }, {}, 'scheduled'],
    ['later after a failed attempt', { availableAt: now + 1, attempt: 1 }, {}, 'retrying'],
    ['crashed', { solo: true }, {}, 'solo'],
    ['crashed, and its queue paused', { solo: true }, { paused: true }, 'paused'],
    ['behind a limiter', {}, { limited: true }, 'limited'],
    ['behind a failed head of its line', {}, { limited: true, held: true }, 'held'],
    ['in a paused queue', {}, { paused: true, limited: true, held: true }, 'paused'],
    ['later, in a paused queue', { availableAt: now + 1 }, { paused: true }, 'scheduled'],
  ])('pending, %s', (_what, job, obstacles, label) => {
    expect(jobLabel({ ...pending, ...job }, now, obstacles)).toBe(label)
  })

  it.each(jobStates.filter((state) => state !== 'pending'))('%s is its own label', (state) => {
    expect(jobLabel({ state, attempt: 1, availableAt: now + 1, solo: true }, now, { paused: true })).toBe(state)
  })
})
