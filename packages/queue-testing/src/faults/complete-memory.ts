import { memoryDriver, MemoryDatabase, type MemorySnapshot } from '@goplate/queue-core/memory'
import type {
  CompleteRequest,
  DispatchReply,
  DispatchRequest,
  DriverWakeups,
  SettlementVerdict,
  StorageDriver,
} from '@goplate/queue-core'
import type { CallerTransaction } from '../conformance/driver-harness.ts'
import { MemoryUnitOfWork } from './memory-unit-of-work.ts'

/** The extra dispatch options of this driver: the transaction to join, the unit of work to stage jobs in. */
export interface MemoryCaller {
  readonly transaction?: object
  readonly unitOfWork?: object
}

/** What a rollback brings back; less is a defect. */
export interface RollbackBehaviour {
  readonly transactions: 'all' | 'nothing'
  readonly savepoints: 'all' | 'nothing' | 'the whole transaction'
}

/** Leaves the transaction, so that it is rolled back. */
class NotApplied extends Error {}

interface OpenTransaction {
  readonly start: MemorySnapshot
  told: (readonly string[])[]
}

/**
 * The memory driver with the groups that it lacks, so that defects of them can be shown as well: transactions that
 * have the whole database to themselves, as with a single connection, and a schema that is only a version number.
 */
export class CompleteMemory {
  readonly database = new MemoryDatabase()
  version: number
  readonly #rollback: RollbackBehaviour
  readonly #listeners = new Set<(queues: readonly string[]) => void>()
  #turn: Promise<unknown> = Promise.resolve()
  #open: OpenTransaction | undefined

  constructor(version: number, rollback: RollbackBehaviour = { transactions: 'all', savepoints: 'all' }) {
    this.version = version
    this.#rollback = rollback
    this.database.subscribe((queues) => {
      if (this.#open === undefined) this.#tell(queues)
      else this.#open.told.push(queues)
    })
  }

  connect(): StorageDriver<MemoryCaller> {
    const driver = memoryDriver({ database: this.database })
    return {
      ...driver,
      capabilities: { ...driver.capabilities, transactions: true, migrations: true },
      callerOptions: ['transaction', 'unitOfWork'],
      dispatch: (request) => this.#dispatch(driver, request),
      claim: (request) => this.#inTurn(() => driver.claim(request)),
      extend: (request) => this.#inTurn(() => driver.extend(request)),
      settle: (request) => this.#inTurn(() => driver.settle(request)),
      reap: (request) => this.#inTurn(() => driver.reap(request)),
      cancel: (request) => this.#inTurn(() => driver.cancel(request)),
      retry: (request) => this.#inTurn(() => driver.retry(request)),
      find: (request) => this.#inTurn(() => driver.find(request)),
      list: (request) => this.#inTurn(() => driver.list(request)),
      count: (request) => this.#inTurn(() => driver.count(request)),
      prune: (request) => this.#inTurn(() => driver.prune(request)),
      remove: (request) => this.#inTurn(() => driver.remove(request)),
      transactions: {
        joins: ({ transaction }) => transaction !== undefined && transaction === this.#open,
        wasCommitted: async (id) => (await driver.find({ ids: [id] })).length > 0,
        complete: (request) => this.#complete(driver, request),
        stage: async (request) => MemoryUnitOfWork.of(request.caller).stage(request),
      },
      wakeups: this.#wakeups(driver),
      migrations: {
        migrate: () => this.#inTurn(async () => this.#migrate()),
        check: async () => ({ current: this.version, wanted: 1 }),
      },
    }
  }

  /** One at a time; everything outside of it waits until it has ended. */
  withTransaction<T>(work: (transaction: CallerTransaction<MemoryCaller>) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const open: OpenTransaction = { start: this.database.snapshot(), told: [] }
      this.#open = open
      try {
        return await work(this.#handle(open))
      } catch (error) {
        open.told = []
        if (this.#rollback.transactions === 'all') this.#restore(open.start)
        throw error
      } finally {
        this.#open = undefined
        for (const queues of open.told) this.#tell(queues)
      }
    })
  }

  /** One whose flushes are transactions of their own. */
  unitOfWork(): MemoryUnitOfWork {
    return this.#unitOfWorkIn({})
  }

  #unitOfWorkIn(caller: MemoryCaller): MemoryUnitOfWork {
    const driver = memoryDriver({ database: this.database })
    return new MemoryUnitOfWork((request) => this.#dispatch(driver, { ...request, caller }))
  }

  async #complete(driver: StorageDriver, request: CompleteRequest<MemoryCaller>): Promise<SettlementVerdict> {
    const { worker, work, now } = request
    let verdict: SettlementVerdict = 'lost'
    const completion = this.withTransaction(async ({ caller }) => {
      const settlement = await work(undefined, caller)
      const time = now === undefined ? {} : { now }
      verdict = (await driver.settle({ worker, settlements: [settlement], ...time }))[0]!
      if (verdict !== 'applied') throw new NotApplied()
    })
    await completion.catch((error: unknown) => {
      if (!(error instanceof NotApplied)) throw error
    })
    return verdict
  }

  #handle(open: OpenTransaction): CallerTransaction<MemoryCaller> {
    const handle: CallerTransaction<MemoryCaller> = {
      caller: { transaction: open },
      unitOfWork: this.#unitOfWorkIn({ transaction: open }),
      savepoint: async (work) => {
        const before = this.database.snapshot()
        const told = open.told.length
        try {
          return await work(handle)
        } catch (error) {
          open.told = open.told.slice(0, told)
          if (this.#rollback.savepoints === 'all') this.#restore(before)
          if (this.#rollback.savepoints === 'the whole transaction') this.#restore(open.start)
          throw error
        }
      },
    }
    return handle
  }

  /** Ids that were given are not given again, as with a database's sequence. */
  #restore(before: MemorySnapshot): void {
    const { sequence } = this.database.snapshot().ledger
    this.database.restore(before)
    this.database.run({}, (ledger) => (ledger.sequence = sequence))
  }

  #dispatch(driver: StorageDriver, request: DispatchRequest<MemoryCaller>): Promise<DispatchReply> {
    const joined = request.caller.transaction !== undefined
    return joined ? driver.dispatch(request) : this.#inTurn(() => driver.dispatch(request))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #migrate(): { from: number; to: number } {
    const from = this.version
    this.version = 1
    return { from, to: 1 }
  }

  #wakeups({ wakeups }: StorageDriver): DriverWakeups {
    return {
      fromOtherProcesses: true,
      subscribe: (listener) => {
        const own = (queues: readonly string[]): void => listener(queues)
        this.#listeners.add(own)
        return () => void this.#listeners.delete(own)
      },
      onCancelRequested: (listener) => wakeups!.onCancelRequested!(listener),
    }
  }

  #tell(queues: readonly string[]): void {
    for (const listener of [...this.#listeners]) listener(queues)
  }
}
