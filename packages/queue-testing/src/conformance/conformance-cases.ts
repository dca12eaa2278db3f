import { cancelCases } from './cancel.ts'
import { cancelRequestCases } from './cancel-request.ts'
import { claimCases } from './claim.ts'
import { completeCases } from './complete.ts'
import { concurrencyCases } from './concurrency.ts'
import { endingRaceCases } from './concurrency-of-endings.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { contractCases } from './contract.ts'
import { dispatchCases } from './dispatch.ts'
import { expireCases } from './expire.ts'
import { fenceCases } from './fence.ts'
import { forgottenClaimCases } from './forgotten-claim.ts'
import { leaseCases } from './lease.ts'
import { maintenanceCases } from './maintenance.ts'
import { outcomeCases } from './outcomes.ts'
import { pauseCases } from './pause.ts'
import { readCases } from './read.ts'
import { reapCases } from './reap.ts'
import { reportCases } from './report.ts'
import { retryCases } from './retry.ts'
import { settleCases } from './settle.ts'
import { soloClaimCases } from './solo-claim.ts'
import { stageCases } from './stage.ts'
import { transactionCases } from './transaction.ts'
import { uniqueCases } from './unique.ts'
import { wakeUpCases } from './wake-up.ts'

/** Every case of the suite, as data: at least one for each rule of the contract. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...dispatchCases,
  ...uniqueCases,
  ...transactionCases,
  ...claimCases,
  ...soloClaimCases,
  ...forgottenClaimCases,
  ...leaseCases,
  ...fenceCases,
  ...settleCases,
  ...outcomeCases,
  ...reapCases,
  ...cancelCases,
  ...retryCases,
  ...readCases,
  ...maintenanceCases,
  ...concurrencyCases,
  ...endingRaceCases,
  ...completeCases,
  ...stageCases,
  ...reportCases,
  ...pauseCases,
  ...expireCases,
  ...wakeUpCases,
  ...cancelRequestCases,
  ...contractCases,
]
