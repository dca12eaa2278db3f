import type { DispatchReply, DispatchRequest } from '@goplate/queue-core'
import type { MemoryCaller } from './complete-memory.ts'
import { fault, letOthersAct, type Defect, type Fault } from './fault.ts'

type Request = DispatchRequest<MemoryCaller>

/** A driver that dispatches something else than it was asked. */
function dispatching(change: (request: Request) => Request): Defect {
  return (right) => ({ dispatch: (request) => right.dispatch(change(request)) })
}

export const dispatchFaults: readonly Fault[] = [
  fault(
    'dispatch/stores-what-was-asked',
    'encodes the payload again',
    dispatching((request) => ({
      ...request,
      jobs: request.jobs.map((job) => ({ ...job, payload: JSON.stringify(JSON.parse(job.payload)) })),
    })),
  ),
  fault('dispatch/stores-what-was-asked', 'stores absent tags as an empty list', (right) => ({
    find: async (request) => (await right.find(request)).map((job) => ({ ...job, tags: job.tags ?? [] })),
  })),
  fault('dispatch/stores-what-was-asked', 'does not hand the tags to the claim', (right) => ({
    claim: async (request) => {
      const reply = await right.claim(request)
      return { ...reply, jobs: reply.jobs.map(({ tags: _tags, ...job }) => job) }
    },
  })),
  fault('dispatch/answers-in-order', 'answers in the order of its index, not of the call', (right) => ({
    dispatch: async (request) => {
      const reply = await right.dispatch(request)
      return reply.stored ? { ...reply, receipts: [...reply.receipts].reverse() } : reply
    },
  })),
  fault('dispatch/answers-in-order', 'finds in the order of storage', (right) => ({
    find: async (request) => [...(await right.find(request))].sort((a, b) => Number(a.id) - Number(b.id)),
  })),
  fault('dispatch/answers-in-order', 'numbers jobs per connection', (right) => {
    let count = 0
    return {
      dispatch: async (request) => {
        const reply = await right.dispatch(request)
        return reply.stored
          ? { ...reply, receipts: reply.receipts.map((each) => ({ ...each, id: String(++count) })) }
          : reply
      },
    }
  }),
  fault('dispatch/all-or-nothing', 'stores the jobs of a call one by one', (right) => ({
    dispatch: (request) => oneByOne(request, (single) => right.dispatch(single)),
  })),
  fault('dispatch/one-bad-does-not-fail-others', 'pools calls under way, which then fail together', (right) => {
    let pool: { request: Request; reply: Promise<DispatchReply> } | undefined
    return {
      dispatch: async (request) => {
        if (request.caller.transaction !== undefined) return right.dispatch(request)
        if (pool === undefined) pool = { request: { ...request, jobs: [] }, reply: flush() }
        const start = pool.request.jobs.length
        pool.request = { ...pool.request, jobs: [...pool.request.jobs, ...request.jobs] }
        const reply = await pool.reply
        if (!reply.stored) return reply
        return { stored: true, receipts: reply.receipts.slice(start, start + request.jobs.length) }
      },
    }
    async function flush(): Promise<DispatchReply> {
      await letOthersAct()
      const { request } = pool!
      pool = undefined
      return right.dispatch(request)
    }
  }),
  fault(
    'dispatch/delay-counts-on-the-database-clock',
    'forgets delays',
    dispatching((request) => ({
      ...request,
      jobs: request.jobs.map(({ delayMs: _delayMs, ...job }) => job),
    })),
  ),
  fault('dispatch/available-at-in-the-past-is-now', 'lets an instant in the past overtake', (right, database) => ({
    dispatch: async (request) => {
      const reply = await right.dispatch(request)
      database.run(request, ({ waiting, jobs }) => {
        for (const row of waiting.values()) {
          const { availableAt = row.availableAt } = jobs.get(row.jobId)!.record
          waiting.set(row.jobId, { ...row, availableAt })
        }
      })
      return reply
    },
  })),
  fault(
    'dispatch/available-at-in-the-past-is-now',
    'takes every instant for now',
    dispatching((request) => ({
      ...request,
      jobs: request.jobs.map(({ availableAt: _availableAt, ...job }) => job),
    })),
  ),
  fault(
    'dispatch/unique-key-has-one-holder',
    'does not know unique keys',
    dispatching((request) => ({
      ...request,
      jobs: request.jobs.map(({ unique: _unique, ...job }) => job),
    })),
  ),
  fault('dispatch/unique-key-race-has-one-winner', 'looks for the key first and stores later', (right, database) => ({
    dispatch: async (request) => {
      const keys = request.jobs.flatMap(({ unique }) => unique?.key ?? [])
      const free = database.run(request, (ledger) => keys.filter((key) => !ledger.keys.has(key)))
      await letOthersAct()
      database.run(request, (ledger) => {
        for (const key of free) ledger.keys.delete(key)
      })
      return right.dispatch(request)
    },
  })),
  fault('dispatch/unique-key-is-free-after-the-end', 'keeps the key of a finished job', (right, database) => ({
    settle: async (request) => {
      const held = database.run(request, ({ keys }) => [...keys])
      const verdicts = await right.settle(request)
      database.run(request, ({ keys }) => {
        for (const [key, id] of held) keys.set(key, id)
      })
      return verdicts
    },
  })),
  fault(
    'dispatch/unique-key-is-free-after-the-end',
    'keeps the key of a job cancelled while it waited',
    keyOutlives('cancel'),
  ),
  fault(
    'dispatch/unique-key-is-free-after-the-end',
    'keeps the key of a job that failed as crashed',
    keyOutlives('reap'),
  ),
]

function keyOutlives(verb: 'cancel' | 'reap'): Defect {
  return (right, database) => ({
    [verb]: async (request: never) => {
      const held = database.run({}, ({ keys }) => [...keys])
      const reply = await right[verb](request)
      database.run({}, ({ keys }) => {
        for (const [key, id] of held) keys.set(key, id)
      })
      return reply
    },
  })
}

async function oneByOne(
  request: Request,
  dispatch: (single: Request) => Promise<DispatchReply>,
): Promise<DispatchReply> {
  const receipts = []
  for (const [index, job] of request.jobs.entries()) {
    const reply = await dispatch({ ...request, jobs: [job] })
    if (!reply.stored) return { stored: false, conflict: { ...reply.conflict, index } }
    receipts.push(...reply.receipts)
  }
  return { stored: true, receipts }
}
