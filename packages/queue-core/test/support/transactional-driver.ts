import type { StorageDriver } from '../../src/driver/storage-driver.ts'
import type { MemoryDatabase } from '../../src/memory/memory-driver.ts'

/** What handlers are given in `context.complete`: a table of one column. */
export interface TestTransaction {
  insert(row: string): void
}

/** The rows of the application, and where a completion can be made to fail. */
export class TestRows {
  rows: string[] = []
  /** Called after the settlement was written and before the commit; what it throws rolls back. */
  beforeCommit: () => unknown = () => undefined
  /** Called after the commit; what it throws is the caller's answer: the reply is lost. */
  afterCommit: () => unknown = () => undefined
}

/** A driver with transactions that have the whole memory database to themselves, as far as one test goes. */
export function transactionalDriver(driver: StorageDriver, database: MemoryDatabase, table: TestRows): StorageDriver {
  return {
    ...driver,
    callerOptions: ['transaction'],
    transactions: {
      joins: () => false,
      complete: async ({ worker, claim: _claim, work }) => {
        const before = { ledger: database.snapshot(), rows: [...table.rows] }
        const rollBack = (): void => {
          database.restore(before.ledger)
          table.rows = before.rows
        }
        try {
          const transaction: TestTransaction = { insert: (row) => void table.rows.push(row) }
          const settlement = await work(transaction, { transaction })
          const [verdict] = await driver.settle({ worker, settlements: [settlement] })
          if (verdict !== 'applied') {
            rollBack()
            return verdict!
          }
          await table.beforeCommit()
        } catch (error) {
          rollBack()
          throw error
        }
        await table.afterCommit()
        return 'applied'
      },
    },
  }
}
