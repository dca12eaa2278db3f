import { administrationFaults } from './of-administration.ts'
import { claimFaults } from './of-claim.ts'
import { dispatchFaults } from './of-dispatch.ts'
import type { Fault } from './fault.ts'
import { groupFaults } from './of-groups.ts'
import { leaseFaults } from './of-lease.ts'
import { reportFaults } from './of-reports.ts'
import { settleFaults } from './of-settle.ts'
import { transactionFaults } from './of-transactions.ts'
import { waitingFaults } from './of-waiting.ts'

export type { MemoryCaller } from './complete-memory.ts'
export type { Fault } from './fault.ts'

/** Drivers with one defect each: at least one for every rule of the contract. They prove that the suite can fail. */
export const faults: readonly Fault[] = [
  ...dispatchFaults,
  ...claimFaults,
  ...leaseFaults,
  ...settleFaults,
  ...administrationFaults,
  ...groupFaults,
  ...transactionFaults,
  ...reportFaults,
  ...waitingFaults,
]
