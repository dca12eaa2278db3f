import type { MemoryDatabase } from '@goplate/queue-core/memory'
import { memoryDriver, MemoryDatabase as Database } from '@goplate/queue-core/memory'
import type { StorageDriver } from '@goplate/queue-core'
import type { RuleId } from '../conformance/contract-rules.ts'
import type { DriverHarness, DriverUnderTest } from '../conformance/driver-harness.ts'
import { CompleteMemory, type MemoryCaller, type RollbackBehaviour } from './complete-memory.ts'

/** A driver with exactly one defect, and the rule whose cases must catch it. */
export interface Fault {
  readonly rule: RuleId
  /** What this driver does wrong. */
  readonly defect: string
  readonly harness: DriverHarness<MemoryCaller>
}

type Driver = StorageDriver<MemoryCaller>

/** The verbs that a defective driver has instead of the right ones. */
export type Defect = (right: Driver, database: MemoryDatabase) => Partial<Driver>

export function fault(rule: RuleId, defect: string, broken: Defect): Fault {
  return { rule, defect, harness: completeHarness(defect, { broken }) }
}

export function rollbackFault(rule: RuleId, defect: string, rollback: RollbackBehaviour): Fault {
  return { rule, defect, harness: completeHarness(defect, { rollback }) }
}

/** The memory driver with every group, and with the defect if there is one. */
export function completeHarness(
  name: string,
  defects: { readonly broken?: Defect; readonly rollback?: RollbackBehaviour } = {},
): DriverHarness<MemoryCaller> {
  return { name, create: async () => underTest(defects, 1) }
}

function underTest(
  defects: { readonly broken?: Defect; readonly rollback?: RollbackBehaviour },
  version: number,
): DriverUnderTest<MemoryCaller> {
  const memory = new CompleteMemory(version, defects.rollback)
  const { database } = memory
  const connect = (): Driver => {
    const right = memory.connect()
    return { ...right, ...defects.broken?.(right, database) }
  }
  return {
    driver: connect(),
    dispose: async () => undefined,
    independent: async () => connect(),
    withTransaction: (work) => memory.withTransaction(work),
    unitOfWork: () => memory.unitOfWork(),
    patienceMs: 300,
    audit: async () => database.audit(),
    unstorable: { priority: 100_000 },
    unmigrated: async () => underTest(defects, 0),
    forget: async (work) => {
      const before = database.snapshot()
      const result = await work()
      database.restore(before)
      return result
    },
  }
}

/**
 * Reads everything, lets others act, then writes everything back as it would have been: the lost update, which only a
 * race can show.
 */
export async function readThenWrite<Reply>(
  database: MemoryDatabase,
  verb: (driver: StorageDriver) => Promise<Reply>,
): Promise<Reply> {
  const stale = new Database()
  stale.restore(database.snapshot())
  const reply = await verb(memoryDriver({ database: stale }))
  await letOthersAct()
  database.restore(stale.snapshot())
  return reply
}

export async function letOthersAct(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
