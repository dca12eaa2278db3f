import type { Settlement, SettlementVerdict } from '@goplate/queue-core'
import type { AppDriver, Database } from '../../app/orm.ts'
import { presentClaim } from './present-claim.ts'
import { wrapSettle, type Settle } from './wrap-settle.ts'

/**
 * Breaks the storage on purpose, so that the demo can show that it would notice:
 * `retry`: one retry is skipped, the job is given up though it has attempts left;
 * `fence`: an outcome that came too late is written again under the claim of whoever runs the job now.
 */
export function sabotage(kind: string | undefined): (database: Database) => AppDriver {
  switch (kind) {
    case undefined:
    case '':
      return ({ driver }) => driver
    case 'retry':
      return ({ driver }) => wrapSettle(driver, skipOneRetry(driver))
    case 'fence':
      return (database) => wrapSettle(database.driver, settleUnderAnothersClaim(database))
    default:
      throw new Error(`GOPLATE_DEMO_SABOTAGE is "retry" or "fence", not "${kind}"`)
  }
}

function skipOneRetry(driver: AppDriver): Settle {
  let skipped = false
  return (request) => {
    const settlements = request.settlements.map((settlement) => {
      if (skipped || settlement.outcome !== 'retried') return settlement
      skipped = true
      const { delayMs: _never, ...facts } = settlement
      return { ...facts, outcome: 'failed', reason: 'exhausted' } satisfies Settlement
    })
    return driver.settle({ ...request, settlements })
  }
}

function settleUnderAnothersClaim(database: Database): Settle {
  return async (request) => {
    const verdicts = await database.driver.settle(request)
    return Promise.all(verdicts.map((verdict, index) => again(request.settlements[index]!, verdict)))

    async function again(settlement: Settlement, verdict: SettlementVerdict): Promise<SettlementVerdict> {
      const claim = verdict === 'lost' ? await presentClaim(database, settlement.claim.jobId) : undefined
      if (claim === undefined) return verdict
      const [second] = await database.driver.settle({
        ...request,
        settlements: [{ ...settlement, claim: { ...settlement.claim, ...claim } }],
      })
      return second ?? verdict
    }
  }
}
