import type { ClaimedJob, ClaimReply, ClaimRequest } from '@goplate/queue-core'
import { fault, readThenWrite, type Defect, type Fault } from './fault.ts'

/** A driver that claims something else than it was asked. */
function claiming(change: (request: ClaimRequest) => ClaimRequest): Defect {
  return (right) => ({ claim: (request) => right.claim(change(request)) })
}

/** A driver that tells something else than it took. */
function telling(change: (reply: ClaimReply) => ClaimReply): Defect {
  return (right) => ({ claim: async (request) => change(await right.claim(request)) })
}

function eachJob(change: (job: ClaimedJob) => ClaimedJob): (reply: ClaimReply) => ClaimReply {
  return (reply) => ({ ...reply, jobs: reply.jobs.map(change) })
}

export const claimFaults: readonly Fault[] = [
  fault('claim/exclusive', 'selects first and updates later', (_right, database) => ({
    claim: (request) => readThenWrite(database, (driver) => driver.claim(request)),
  })),
  fault('claim/exclusive', 'leaves in line what it took', (right, database) => ({
    claim: async (request) => {
      const line = database.run(request, ({ waiting }) => [...waiting])
      const reply = await right.claim(request)
      database.run(request, (ledger) => void (ledger.waiting = new Map(line)))
      return reply
    },
  })),
  fault('claim/in-order', 'does not look at priorities', (right) => ({
    dispatch: (request) => right.dispatch({ ...request, jobs: request.jobs.map((job) => ({ ...job, priority: 0 })) }),
  })),
  fault(
    'claim/in-order',
    'answers in the order of dispatch',
    telling((reply) => ({
      ...reply,
      jobs: [...reply.jobs].sort((a, b) => Number(a.claim.jobId) - Number(b.claim.jobId)),
    })),
  ),
  fault(
    'claim/in-order',
    'serves queues in an order of its own',
    claiming((request) => ({
      ...request,
      queues: [...request.queues].sort((a, b) => a.queue.localeCompare(b.queue)),
    })),
  ),
  fault(
    'claim/only-due',
    'claims a little too early',
    claiming((request) => ({ ...request, now: (request.now ?? 0) + 10 })),
  ),
  fault(
    'claim/keeps-limits',
    'takes one more than it may',
    claiming((request) => ({
      ...request,
      queues: request.queues.map(({ queue, limit }) => ({ queue, limit: limit + 1 })),
    })),
  ),
  fault('claim/keeps-limits', 'takes one limit for all queues', (right) => ({
    claim: (request) => {
      const limit = Math.max(...request.queues.map((asked) => asked.limit))
      return right.claim({ ...request, queues: request.queues.map(({ queue }) => ({ queue, limit })) })
    },
  })),
  fault('claim/unknown-types-do-not-block', 'looks for known types among the first jobs only', (right, database) => ({
    claim: async (request) => {
      const types = database.run(request, ({ jobs }) => [...jobs.values()].map(({ record }) => record.type))
      const reply = await right.claim({ ...request, types })
      const unknown = reply.jobs.filter(({ type }) => !request.types.includes(type))
      const settlements = unknown.map(
        ({ claim }) => ({ claim, outcome: 'released', waitMs: 0, durationMs: 0 }) as const,
      )
      await right.settle({ worker: request.worker, settlements, ...(request.now && { now: request.now }) })
      return { ...reply, jobs: reply.jobs.filter(({ type }) => request.types.includes(type)) }
    },
  })),
  fault(
    'claim/raises-epoch-and-attempt',
    'counts attempts where it should count epochs',
    telling(eachJob((job) => ({ ...job, claim: { ...job.claim, epoch: job.attempt } }))),
  ),
  fault(
    'claim/raises-epoch-and-attempt',
    'counts attempts from 0',
    telling(eachJob((job) => ({ ...job, attempt: job.attempt - 1 }))),
  ),
  fault(
    'claim/raises-epoch-and-attempt',
    'gives every job of a lease the same place',
    telling(eachJob((job) => ({ ...job, claim: { ...job.claim, position: 0 } }))),
  ),
  fault(
    'claim/tells-the-next-due',
    'does not tell the next due time',
    telling(({ nextDueInMs: _nextDueInMs, ...reply }) => reply),
  ),
  fault('claim/tells-the-next-due', 'tells it of the queues asked only', (right, database) => ({
    claim: async (request) => {
      const { nextDueInMs: _nextDueInMs, ...reply } = await right.claim(request)
      const asked = new Set(request.queues.map(({ queue }) => queue))
      const waits = database.run(request, ({ waiting, jobs }, now) =>
        [...waiting.values()]
          .filter(({ jobId }) => asked.has(jobs.get(jobId)!.record.queue))
          .map(({ availableAt }) => availableAt - now)
          .filter((wait) => wait > 0),
      )
      return waits.length === 0 ? reply : { ...reply, nextDueInMs: Math.min(...waits) }
    },
  })),
  fault('claim/flags-expired', 'does not look at expiresAt', telling(eachJob((job) => ({ ...job, expired: false })))),
  fault('claim/crashed-runs-alone', 'gives crashed jobs to plain claims when nothing else waits', (right) => ({
    claim: async (request) => {
      const reply = await right.claim(request)
      return reply.jobs.length > 0 ? reply : right.claim({ ...request, solo: true })
    },
  })),
  fault(
    'claim/crashed-runs-alone',
    'does not tell that a crashed job waits',
    telling((reply) => ({ ...reply, soloWaiting: false })),
  ),
  fault('claim/forgotten-claim-is-fenced', 'takes lease ids from a sequence', (right, database) => ({
    claim: (request) => {
      const claims = database.run(request, ({ outcomes, leases }) => outcomes.size + leases.size)
      return right.claim({ ...request, leaseId: `00000000-0000-4000-8000-${String(claims).padStart(12, '0')}` })
    },
  })),
  fault('claim/forgotten-claim-is-fenced', 'fences by job and epoch, without the lease', (right, database) => ({
    settle: (request) => {
      const settlements = database.run(request, ({ leases }) => {
        const running = [...leases.values()].flatMap(({ id, entries }) =>
          entries.map(({ position, jobId, epoch }) => ({ leaseId: id, position, jobId, epoch })),
        )
        return request.settlements.map((settlement) => {
          const { jobId, epoch } = settlement.claim
          const held = running.find((claim) => claim.jobId === jobId && claim.epoch === epoch)
          return { ...settlement, claim: held ?? settlement.claim }
        })
      })
      return right.settle({ ...request, settlements })
    },
  })),
]
