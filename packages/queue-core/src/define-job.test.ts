import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineJob, newJob, payloadOf } from './define-job.ts'
import type { JobContext } from './job/job.ts'

const context = {} as JobContext
const schema = z.object({ id: z.number() })

describe('defineJob', () => {
  it('keeps what it is given and runs the handler', async () => {
    const job = defineJob({
      type: 'double',
      queue: 'math',
      payload: schema,
      maxAttempts: 3,
      timeout: '1m',
      priority: 5,
      handle: async (payload) => payload.id * 2,
    })
    expect(job).toMatchObject({ type: 'double', queue: 'math', schema, maxAttempts: 3, timeout: '1m', priority: 5 })
    expect(await job.handle({ id: 4 }, context)).toBe(8)
    expect(job).not.toHaveProperty('payload')
    expect(job).not.toHaveProperty('handledBy')
  })

  it('goes to the queue "default" and has no schema unless it says so', () => {
    const job = defineJob({ type: 'plain', async handle() {} })
    expect(job.queue).toBe('default')
    expect(job).not.toHaveProperty('schema')
  })

  it('calls a handler on the options it was written in, and makes what it throws a rejection', async () => {
    const options = {
      type: 'own' as const,
      prefix: 'hello ',
      handle(payload: string) {
        if (payload === '') throw new RangeError('empty')
        return this.prefix + payload
      },
    }
    const job = defineJob(options)
    expect(await job.handle('you', context)).toBe('hello you')
    await expect(job.handle('', context)).rejects.toThrow(RangeError)
  })

  it('cannot be changed afterwards', () => {
    const job = defineJob({ type: 'fixed', async handle() {} })
    expect(() => Object.assign(job, { type: 'other' })).toThrow(TypeError)
  })
})

describe('a split definition', () => {
  const split = defineJob({ type: 'invoice', payload: schema, result: z.object({ pages: z.number() }), maxAttempts: 2 })

  it('has no handler', () => {
    expect(split).not.toHaveProperty('handle')
    expect(split).not.toHaveProperty('result')
  })

  it('gets one from a function, and stays as it is', async () => {
    const handled = split.handledBy(async (payload) => ({ pages: payload.id }))
    expect(handled).toMatchObject({ type: 'invoice', schema, maxAttempts: 2, queue: 'default' })
    expect(await handled.handle({ id: 3 }, context)).toEqual({ pages: 3 })
    expect(split).not.toHaveProperty('handle')
  })

  it('gets one from an object, called as its method', async () => {
    class Printer {
      #pages = 40
      async handle(payload: { id: number }) {
        return { pages: (this.#pages += payload.id) }
      }
    }
    expect(await split.handledBy(new Printer()).handle({ id: 2 }, context)).toEqual({ pages: 42 })
  })

  it('is handled many at once by an object with handleMany, called as its method', async () => {
    class Printer {
      readonly batch = { max: 20 }
      #pages = 40
      async handleMany(jobs: readonly { readonly payload: { id: number } }[]) {
        return jobs.map(({ payload }) => ({ pages: (this.#pages += payload.id) }))
      }
    }
    const many = split.handledBy(new Printer())
    expect(many).toMatchObject({ type: 'invoice', schema, maxAttempts: 2, queue: 'default', batch: { max: 20 } })
    expect(many).not.toHaveProperty('handle')
    const jobs = [{ payload: { id: 1 } }, { payload: { id: 2 } }]
    expect(await many.handleMany(jobs as never, {} as never)).toEqual([{ pages: 41 }, { pages: 43 }])
    expect(split).not.toHaveProperty('handleMany')
    expect(split.handledBy({ handleMany: async () => [] })).not.toHaveProperty('batch')
  })
})

describe('jobs that are yet to be dispatched', () => {
  it('carry their definition, payload and options', () => {
    const job = defineJob({ type: 'invoice', payload: schema })
    expect(job.with({ id: 1 }, { delay: '5m' })).toEqual({
      type: 'invoice',
      payload: { id: 1 },
      job,
      options: { delay: '5m' },
    })
    expect(job.with({ id: 1 }).options).toBeUndefined()
  })

  it('are made of class jobs by newJob', () => {
    const job = { type: 'image' as const, async handle(_payload: { url: string }) {} }
    expect(newJob(job, { url: 'u' }, { priority: 1 })).toEqual({
      type: 'image',
      payload: { url: 'u' },
      job,
      options: { priority: 1 },
    })
  })
})

describe('payloadOf', () => {
  it('is a Standard Schema that takes everything', async () => {
    const standard = payloadOf<{ id: number }>()['~standard']
    expect(standard).toMatchObject({ version: 1, vendor: 'goplate' })
    expect(await standard.validate({ id: 'x' })).toEqual({ value: { id: 'x' } })
  })
})
