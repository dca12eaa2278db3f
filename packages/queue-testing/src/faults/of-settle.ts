import type { Settlement, SettlementVerdict, SettleRequest } from '@goplate/queue-core'
import type { MemoryDatabase } from '@goplate/queue-core/memory'
import { fault, readThenWrite, type Defect, type Fault } from './fault.ts'

/** A driver that settles something else than it was asked. */
function settling(change: (settlement: Settlement, database: MemoryDatabase) => Settlement): Defect {
  return (right, database) => ({
    settle: (request) =>
      right.settle({ ...request, settlements: request.settlements.map((each) => change(each, database)) }),
  })
}

/** A cancel that does not say which job of the lease it means. */
export function cancelsWholeLease(...[right, database]: Parameters<Defect>): ReturnType<Defect> {
  return {
    cancel: async (request) => {
      const verdicts = await right.cancel(request)
      database.run(request, ({ leases }) => {
        for (const [id, lease] of leases) {
          if (!lease.entries.some(({ cancel }) => cancel !== undefined)) continue
          leases.set(id, { ...lease, entries: lease.entries.map((entry) => ({ ...entry, cancel: {} })) })
        }
      })
      return verdicts
    },
  }
}

/** What the database forgets here, a cancel can no longer win. */
export function forgetCancel(database: MemoryDatabase): void {
  database.run({}, ({ leases }) => {
    for (const [id, lease] of leases) {
      leases.set(id, { ...lease, entries: lease.entries.map(({ cancel: _cancel, ...entry }) => entry) })
    }
  })
}

export const settleFaults: readonly Fault[] = [
  fault(
    'settle/needs-standing-lease',
    'fences by the job alone',
    settling((settlement, database) => {
      const claim = database.run({}, ({ leases }) => presentClaim(leases, settlement.claim.jobId))
      return { ...settlement, claim: claim ?? settlement.claim }
    }),
  ),
  fault('settle/needs-standing-lease', 'lets whoever ran it last settle a job that waits again', (right, database) => ({
    settle: async (request) => {
      const verdicts = await right.settle(request)
      return verdicts.map((verdict, index) => {
        const { jobId } = request.settlements[index]!.claim
        const waits = database.run(request, ({ waiting }) => (waiting.get(jobId)?.crashes ?? 0) > 0)
        return verdict === 'lost' && waits ? 'applied' : verdict
      })
    },
  })),
  fault('settle/needs-standing-lease', 'lets a late result revise a crash', (right, database) => ({
    settle: async (request) => {
      const verdicts = await right.settle(request)
      return verdicts.map((verdict, index) => {
        const { jobId } = request.settlements[index]!.claim
        const last = database.run(request, ({ outcomes }) => outcomes.get(jobId)?.at(-1))
        return verdict === 'lost' && last?.final && last.reason === 'crashed' ? 'applied' : verdict
      })
    },
  })),
  fault(
    'settle/needs-the-claimed-epoch',
    'takes job and epoch from the lease, unread',
    settling((settlement, database) => {
      const { leaseId, position } = settlement.claim
      const entry = database.run({}, ({ leases }) =>
        leases.get(leaseId)?.entries.find((candidate) => candidate.position === position),
      )
      if (entry === undefined) return settlement
      return { ...settlement, claim: { ...settlement.claim, jobId: entry.jobId, epoch: entry.epoch } }
    }),
  ),
  fault('settle/expired-but-standing-counts', 'refuses what comes after the lease expired', (right, database) => ({
    settle: async (request) => {
      const onTime = (settlement: Settlement): boolean =>
        database.run(request, ({ leases }, now) => (leases.get(settlement.claim.leaseId)?.until ?? now) >= now)
      const settlements = request.settlements.filter(onTime)
      const verdicts = [...(await right.settle({ ...request, settlements }))]
      return request.settlements.map((each) => (settlements.includes(each) ? verdicts.shift()! : 'lost'))
    },
  })),
  fault('settle/once', 'answers a repetition as lost', (right) => ({
    settle: async (request) =>
      (await right.settle(request)).map((verdict) => (verdict === 'repeated' ? 'lost' : verdict)),
  })),
  fault('settle/once', 'settles the same claim twice when two ask at once', (_right, database) => ({
    settle: (request) => readThenWrite(database, (driver) => driver.settle(request)),
  })),
  fault('settle/once', 'takes the second word', (right, database) => ({
    settle: async (request) => {
      const verdicts = await right.settle(request)
      for (const [index, { claim, outcome }] of request.settlements.entries()) {
        if (verdicts[index] === 'repeated' && outcome === 'failed') rewrite(database, claim.jobId)
      }
      return verdicts
    },
  })),
  fault(
    'settle/replay-keeps-neighbours',
    'counts requests, and ends the lease when it has had enough',
    countingRequests,
  ),
  fault('settle/each-on-its-own', 'stops at the first that is lost', (right) => ({
    settle: (request) => stoppingAtLost(request, (single) => right.settle(single)),
  })),
  fault(
    'settle/finished-keeps-result',
    'drops results',
    settling(({ result: _result, ...settlement }) => settlement),
  ),
  fault(
    'settle/finished-keeps-result',
    'stores no result as null',
    settling((settlement) => ({ ...settlement, result: settlement.result ?? 'null' })),
  ),
  fault(
    'settle/failed-keeps-error-and-reason',
    'drops reasons',
    settling(({ reason: _reason, ...settlement }) => settlement),
  ),
  fault(
    'settle/failed-keeps-error-and-reason',
    'drops errors',
    settling(({ error: _error, ...settlement }) => settlement),
  ),
  fault(
    'settle/retried-waits-its-delay',
    'retries at once',
    settling((settlement) => (settlement.outcome === 'retried' ? { ...settlement, delayMs: 0 } : settlement)),
  ),
  fault(
    'settle/snoozed-gives-the-attempt-back',
    'counts a snooze as an attempt',
    settling((settlement) => (settlement.outcome === 'snoozed' ? { ...settlement, outcome: 'retried' } : settlement)),
  ),
  fault(
    'settle/released-keeps-its-place',
    'sends what was released to the end of the line',
    settling((settlement) =>
      settlement.outcome === 'released' ? { ...settlement, outcome: 'snoozed', delayMs: 0 } : settlement,
    ),
  ),
  fault('settle/cancel-wins', 'lets the outcome win over a cancel', (right, database) => ({
    settle: (request) => {
      forgetCancel(database)
      return right.settle(request)
    },
  })),
  fault(
    'settle/cancel-wins',
    'keeps no words of a handler that cancels its own job',
    settling((settlement) => {
      const { reason: _reason, ...wordless } = settlement
      return settlement.outcome === 'cancelled' ? wordless : settlement
    }),
  ),
  fault('settle/cancel-wins', 'cancels the whole lease', cancelsWholeLease),
  fault('settle/cancel-wins', 'drops the result and the error of an attempt that a cancel overruled', (right) => ({
    settle: async (request) => {
      const asked = await right.find({ ids: request.settlements.map(({ claim }) => claim.jobId) })
      const overruled = new Set(asked.filter(({ cancelRequested }) => cancelRequested).map(({ id }) => id))
      const settlements = request.settlements.map((each) => (overruled.has(each.claim.jobId) ? bare(each) : each))
      return right.settle({ ...request, settlements })
    },
  })),
]

function bare({ result: _result, error: _error, ...others }: Settlement): Settlement {
  return others
}

type Leases = Parameters<Parameters<MemoryDatabase['run']>[1]>[0]['leases']

function presentClaim(leases: Leases, job: string): Settlement['claim'] | undefined {
  for (const { id, entries } of leases.values()) {
    const entry = entries.find(({ jobId }) => jobId === job)
    if (entry !== undefined) return { leaseId: id, position: entry.position, jobId: job, epoch: entry.epoch }
  }
  return undefined
}

function rewrite(database: MemoryDatabase, jobId: string): void {
  database.run({}, ({ outcomes }) => {
    const history = outcomes.get(jobId) ?? []
    outcomes.set(
      jobId,
      history.map((outcome) => (outcome.final ? { ...outcome, outcome: 'failed' } : outcome)),
    )
  })
}

/** A counter of open jobs per lease, lowered by what was sent instead of by what it changed. */
function countingRequests(...[right, database]: Parameters<Defect>): ReturnType<Defect> {
  const left = new Map<string, number>()
  return {
    claim: async (request) => {
      const reply = await right.claim(request)
      left.set(request.leaseId, reply.jobs.length)
      return reply
    },
    settle: async (request) => {
      const verdicts = await right.settle(request)
      for (const { claim } of request.settlements) {
        const open = (left.get(claim.leaseId) ?? 0) - 1
        left.set(claim.leaseId, open)
        if (open <= 0) database.run(request, ({ leases }) => leases.delete(claim.leaseId))
      }
      return verdicts
    },
  }
}

async function stoppingAtLost(
  request: SettleRequest,
  settle: (single: SettleRequest) => Promise<readonly SettlementVerdict[]>,
): Promise<SettlementVerdict[]> {
  const verdicts: SettlementVerdict[] = []
  for (const settlement of request.settlements) {
    if (verdicts.includes('lost')) verdicts.push('lost')
    else verdicts.push(...(await settle({ ...request, settlements: [settlement] })))
  }
  return verdicts
}
