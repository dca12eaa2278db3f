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
    // @ts-expect-error a batch has no transaction of its own
    void context.complete
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

// @ts-expect-error one result for all
defineJob({ type: 'bad_result', payload: z.object({}), handleMany: async () => ({ done: true }) })
// @ts-expect-error either one by one or many at once
defineJob({ type: 'bad_both', payload: z.object({}), async handle() {}, async handleMany() {} })
// @ts-expect-error batch says how handleMany is called
defineJob({ type: 'bad_batch', payload: z.object({}), batch: { max: 2 }, async handle() {} })
// @ts-expect-error a payload that cannot be stored
defineJob({ type: 'bad_date', payload: z.object({ at: z.date() }), async handleMany() {} })
