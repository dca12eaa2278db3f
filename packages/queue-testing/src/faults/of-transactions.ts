import type { DispatchRequest, StorageDriver } from '@goplate/queue-core'
import type { MemoryCaller } from './complete-memory.ts'
import { fault, type Fault } from './fault.ts'
import { MemoryUnitOfWork } from './memory-unit-of-work.ts'

type Driver = StorageDriver<MemoryCaller>

/** Defects of completions and of staged jobs. */
export const transactionFaults: readonly Fault[] = [
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
]

type Stage = NonNullable<NonNullable<Driver['transactions']>['stage']>

function staging(rule: Fault['rule'], defect: string, broken: (right: Driver) => Stage): Fault {
  return fault(rule, defect, (right) => ({ transactions: { ...right.transactions!, stage: broken(right) } }))
}

async function workThenSettle(right: Driver, request: Parameters<NonNullable<Driver['transactions']>['complete']>[0]) {
  const settlement = await request.work(undefined, {})
  const time = request.now === undefined ? {} : { now: request.now }
  return (await right.settle({ worker: request.worker, settlements: [settlement], ...time }))[0]!
}
