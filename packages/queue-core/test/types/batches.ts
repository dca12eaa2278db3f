// What `defineJob` infers and refuses for jobs that are handled many at once. Checked by the compiler, never run.
import { z } from 'zod'

import { defineJob, type BatchJob, type PayloadIn, type ResultFor } from '@goplate/queue-core'
import { is, type Equal } from './equal.ts'

export const index = defineJob({
  type: 'index',
  payload: z.object({ id: z.coerce.number<string>() }),
  queue: 'search',
  batch: { max: 100, wait: '50ms' },
  async handleMany(jobs, context) {
    is<Equal<(typeof jobs)[number]['payload'], { id: number }>>()
    void context.signal
    // @ts-expect-error each job has a transaction of its own, the batch has none
    void context.complete
    is<Equal<(typeof jobs)[number]['meta'], Readonly<Record<string, unknown>>>>()
    const done = await jobs[0]!.complete(async () => ({ version: 1 }))
    is<Equal<typeof done, { version: number }>>()
    return jobs.map((job) => (job.attempt > 5 ? job.snooze('5m') : { version: job.payload.id }))
  },
})
is<Equal<typeof index.type, 'index'>>()
is<Equal<typeof index.queue, 'search'>>()
is<Equal<PayloadIn<typeof index>, { id: string }>>()
is<Equal<ResultFor<typeof index>, { version: number }>>()

export const annotated = defineJob({
  type: 'annotated_batch',
  async handleMany(jobs: readonly BatchJob<{ id: number }>[]) {
    return new Map(jobs.map((job) => [job.id, job.payload.id]))
  },
})
is<Equal<PayloadIn<typeof annotated>, { id: number }>>()
is<Equal<ResultFor<typeof annotated>, number | undefined>>()

export const silent = defineJob({
  type: 'silent_batch',
  payload: z.object({ id: z.number() }),
  async handleMany(jobs) {
    for (const job of jobs) if (job.payload.id < 0) job.fail(new Error('negative'))
  },
})
is<Equal<PayloadIn<typeof silent>, { id: number }>>()

const split = defineJob({ type: 'split_batch', payload: z.object({ id: z.coerce.number<string>() }), queue: 'search' })
export const splitMany = split.handledBy({
  batch: { max: 20 },
  async handleMany(jobs) {
    is<Equal<(typeof jobs)[number]['payload'], { id: number }>>()
    return jobs.map((job) => (job.attempt > 5 ? job.snooze('5m') : { version: job.payload.id }))
  },
})
is<Equal<typeof splitMany.type, 'split_batch'>>()
is<Equal<typeof splitMany.queue, 'search'>>()
is<Equal<PayloadIn<typeof splitMany>, { id: string }>>()
is<Equal<ResultFor<typeof splitMany>, { version: number }>>()

const typed = defineJob({ type: 'typed_batch', payload: z.object({}), result: z.object({ pages: z.number() }) })
export const typedMany = typed.handledBy({ handleMany: async (jobs) => jobs.map(() => ({ pages: 3 })) })
is<Equal<ResultFor<typeof typedMany>, { pages: number }>>()
typed.handledBy({ handleMany: async (jobs) => new Map(jobs.map((job) => [job.id, job.cancel('empty')])) })
// @ts-expect-error not the result that the definition promises
typed.handledBy({ handleMany: async (jobs) => jobs.map(() => ({ sheets: 3 })) })
// @ts-expect-error it promises one: every job needs it
typed.handledBy({ handleMany: async () => undefined })
// @ts-expect-error either one by one or many at once
split.handledBy({ handle: async () => undefined, handleMany: async () => undefined })
// @ts-expect-error batch says how handleMany is called
split.handledBy({ batch: { max: 2 }, handle: async () => undefined })

// @ts-expect-error one result for all
defineJob({ type: 'bad_result', payload: z.object({}), handleMany: async () => ({ done: true }) })
// @ts-expect-error either one by one or many at once
defineJob({ type: 'bad_both', payload: z.object({}), async handle() {}, async handleMany() {} })
// @ts-expect-error batch says how handleMany is called
defineJob({ type: 'bad_batch', payload: z.object({}), batch: { max: 2 }, async handle() {} })
// @ts-expect-error a payload that cannot be stored
defineJob({ type: 'bad_date', payload: z.object({ at: z.date() }), async handleMany() {} })
