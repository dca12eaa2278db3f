import type { DispatchRequest, DriverReports, StorageDriver } from '@goplate/queue-core'
import type { MemoryCaller } from './complete-memory.ts'
import { fault, type Fault } from './fault.ts'
import { MemoryUnitOfWork } from './memory-unit-of-work.ts'

type Driver = StorageDriver<MemoryCaller>

/** Defects of completions, reports, pauses and expiry. */
export const featureFaults: readonly Fault[] = [
  fault('complete/commits-together', 'forgets the result of a completion', (right) => ({
    transactions: {
      ...right.transactions!,
      complete: (request) =>
        right.transactions!.complete({
          ...request,
          work: async (transaction, caller) => {
            const { result: _result, ...settlement } = await request.work(transaction, caller)
            return settlement
          },
        }),
    },
  })),
  fault('complete/commits-together', 'finishes the whole lease with its first completion', (right, database) => ({
    transactions: {
      ...right.transactions!,
      complete: async (request) => {
        const { leaseId } = request.claim
        const entries = database.snapshot().ledger.leases.get(leaseId)?.entries ?? []
        const verdict = await right.transactions!.complete(request)
        const settlements = entries.map(({ position, jobId, epoch }) => ({
          claim: { leaseId, position, jobId, epoch },
          ...({ outcome: 'finished', waitMs: 0, durationMs: 0 } as const),
        }))
        await right.settle({ worker: request.worker, settlements })
        return verdict
      },
    },
  })),
  fault('complete/rolls-back-together', 'lets the work write outside of the transaction', (right) => ({
    transactions: { ...right.transactions!, complete: (request) => workThenSettle(right, request) },
  })),
  fault('complete/needs-standing-lease', 'keeps what a lost claim wrote', (right) => ({
    transactions: { ...right.transactions!, complete: (request) => workThenSettle(right, request) },
  })),
  fault('complete/cancel-wins', 'cancels the job with the completion', (right) => ({
    transactions: {
      ...right.transactions!,
      complete: async (request) => {
        const verdict = await right.transactions!.complete(request)
        if (verdict !== 'cancelled') return verdict
        const claim = { claim: request.claim, waitMs: 0, durationMs: 0 }
        const now = request.now === undefined ? {} : { now: request.now }
        const settlements = [{ ...claim, outcome: 'cancelled' as const }]
        return (await right.settle({ worker: request.worker, settlements, ...now }))[0]!
      },
    },
  })),

  staging('stage/stored-with-the-flush', 'stores staged jobs at once', (right) => async (request) => {
    await right.transactions!.stage!(request)
    await MemoryUnitOfWork.of(request.caller).flush()
  }),
  staging('stage/stored-with-the-flush', 'stages every job twice', (right) => async (request) => {
    await right.transactions!.stage!({ ...request, jobs: [...request.jobs, ...request.jobs] })
  }),
  staging('stage/stored-with-the-flush', 'stages everything in the first unit of work', (right) => {
    let first: object | undefined
    return (request) => right.transactions!.stage!({ ...request, caller: (first ??= request.caller) })
  }),
  staging('stage/stored-with-the-flush', 'forgets staged jobs', () => async () => undefined),
  staging('time/now-decides', 'stores staged jobs at the time of the clock', (right) => ({ jobs, caller }) => {
    return right.transactions!.stage!({ jobs, caller })
  }),
  fault('stage/gone-without-it', 'stores staged jobs whatever became of their flush', (right) => {
    const staged: DispatchRequest[] = []
    return {
      transactions: { ...right.transactions!, stage: async (request) => void staged.push(request) },
      list: async (request) => {
        for (const one of staged.splice(0)) await right.dispatch({ ...one, caller: {} })
        return right.list(request)
      },
    }
  }),

  reporting('report/keeps-what-was-told', 'keeps the first progress', (right) => {
    const told = new Set<string>()
    return {
      report: (request) => {
        const reports = request.reports.map(({ percent, ...rest }) => {
          const isFirst = !told.has(rest.claim.jobId)
          told.add(rest.claim.jobId)
          return percent !== undefined && isFirst ? { ...rest, percent } : rest
        })
        return right.report({ ...request, reports })
      },
    }
  }),
  reporting('report/keeps-what-was-told', 'starts every page at the first line', (right) => ({
    lines: (request) => right.lines({ ...request, after: 0 }),
  })),
  reporting('report/keeps-what-was-told', 'tells only of the last attempt', (right) => ({
    lines: async (request) => {
      const lines = await right.lines(request)
      return lines.filter(({ epoch }) => epoch === lines.at(-1)?.epoch)
    },
  })),
  fault('report/repeat-writes-nothing-twice', 'appends every line it is told', (right, database) => ({
    reports: {
      lines: (request) => right.reports!.lines(request),
      report: async (request) => {
        await right.reports!.report(request)
        database.run({}, (ledger) => {
          for (const [id, lines] of ledger.lines) ledger.lines.set(id, [...lines, lines[0]!])
        })
      },
    },
  })),
  fault('report/needs-the-claim', 'keeps reports by the id of the job', (right, database) => ({
    reports: {
      lines: (request) => right.reports!.lines(request),
      report: async (request) => {
        await right.reports!.report(request)
        database.run({}, (ledger) => {
          for (const { claim, percent } of request.reports)
            if (percent !== undefined) ledger.progress.set(claim.jobId, percent)
        })
      },
    },
  })),
  fault('report/goes-with-the-job', 'leaves the lines of a removed job', (right, database) => ({
    remove: async (request) => {
      const { lines } = database.snapshot().ledger
      const verdicts = await right.remove(request)
      database.run({}, (ledger) => (ledger.lines = lines))
      return verdicts
    },
  })),

  fault('pause/stops-claims', 'claims of paused queues', (right) => ({
    pausing: { ...right.pausing!, pause: async () => undefined },
  })),
  fault('pause/stops-claims', 'takes a type for a queue', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: (request) => right.pausing!.pause({ ...request, kind: 'queue' }),
    },
  })),
  fault('pause/running-goes-on', 'gives up the leases of what is paused', (right) => ({
    extend: async (request) => {
      const paused = await right.pausing!.paused(request)
      return paused.length > 0 ? { held: [] } : right.extend(request)
    },
  })),
  fault('pause/ends', 'pauses for ever', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: ({ forMs: _forMs, ...request }) => right.pausing!.pause(request),
    },
  })),
  fault('pause/ends', 'says of every resume that there was a pause', (right) => ({
    pausing: {
      ...right.pausing!,
      resume: async (request) => {
        await right.pausing!.resume(request)
        return true
      },
    },
  })),
  fault('pause/again-replaces', 'begins a pause anew when its reason changes', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: async (request) => {
        await right.pausing!.resume(request)
        await right.pausing!.pause(request)
      },
    },
  })),
  fault('pause/again-replaces', 'keeps the first pause', (right) => ({
    pausing: {
      ...right.pausing!,
      pause: async (request) => {
        const paused = await right.pausing!.paused({ ...(request.now !== undefined && { now: request.now }) })
        if (!paused.some(({ kind, name }) => kind === request.kind && name === request.name))
          await right.pausing!.pause(request)
      },
    },
  })),

  fault('expire/ends-what-waits', 'cancels instead of failing', (right) => ({
    expiry: {
      expire: async (request) => {
        const expired = await right.expiry!.expire(request)
        const time = request.now === undefined ? {} : { now: request.now }
        const ids = expired.map(({ jobId }) => jobId)
        await right.retry({ ids, from: ['failed'], ...time })
        await right.cancel({ ids, reason: 'expired', ...time })
        return expired
      },
    },
  })),
  fault('expire/ends-what-waits', 'overlooks delayed jobs', (right, database) => ({
    expiry: {
      expire: async (request) => {
        const before = database.snapshot()
        const expired = await right.expiry!.expire(request)
        const late = (at: number): boolean => at > (request.now ?? 0)
        const overlooked = [...before.ledger.waiting.values()].some((row) => late(row.availableAt))
        if (!overlooked) return expired
        database.restore(before)
        return []
      },
    },
  })),
  fault('expire/never-early', 'expires a second early', (right) => ({
    expiry: {
      expire: (request) =>
        right.expiry!.expire(request.now === undefined ? request : { ...request, now: request.now + 1_000 }),
    },
  })),
  fault('expire/leaves-what-runs', 'no longer watches a job that ran once', (right) => {
    const ran = new Set<string>()
    return {
      claim: async (request) => {
        const reply = await right.claim(request)
        for (const { claim } of reply.jobs) ran.add(claim.jobId)
        return reply
      },
      expiry: {
        expire: async (request) => (await right.expiry!.expire(request)).filter(({ jobId }) => !ran.has(jobId)),
      },
    }
  }),
  fault('expire/frees-the-key', 'leaves the key with the expired job', (right, database) => ({
    expiry: {
      expire: async (request) => {
        const { keys } = database.snapshot().ledger
        const expired = await right.expiry!.expire(request)
        database.run({}, (ledger) => (ledger.keys = keys))
        return expired
      },
    },
  })),
  fault('expire/keeps-its-limit', 'expires everything at once', (right) => ({
    expiry: { expire: (request) => right.expiry!.expire({ ...request, limit: 1_000_000 }) },
  })),
]

type Stage = NonNullable<NonNullable<Driver['transactions']>['stage']>

function staging(rule: Fault['rule'], defect: string, broken: (right: Driver) => Stage): Fault {
  return fault(rule, defect, (right) => ({ transactions: { ...right.transactions!, stage: broken(right) } }))
}

function reporting(
  rule: Fault['rule'],
  defect: string,
  broken: (right: DriverReports) => Partial<DriverReports>,
): Fault {
  return fault(rule, defect, ({ reports }) => ({ reports: { ...reports!, ...broken(reports!) } }))
}

async function workThenSettle(right: Driver, request: Parameters<NonNullable<Driver['transactions']>['complete']>[0]) {
  const settlement = await request.work(undefined, {})
  const time = request.now === undefined ? {} : { now: request.now }
  return (await right.settle({ worker: request.worker, settlements: [settlement], ...time }))[0]!
}
