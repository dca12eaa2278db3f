import type { ClaimRef, CompleteRequest, SettlementVerdict } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import { setTimeout as pause } from 'node:timers/promises'
import type { CommitWake } from '../commit-wake.ts'
import type { MikroOrmCaller } from '../entity-manager.ts'
import type { QueryRunner } from '../raw-query.ts'
import { isConnectionError, storageErrorOf } from './error-mapping.ts'
import { inTransaction } from './executor.ts'
import { isYes } from './row-mapping.ts'
import { markSettled, noteSettled, settleOne, type SettleParts } from './settle.ts'
import type { StatementTexts } from './statement.ts'
import { fateOfClaims } from './statements/fate-of-claims.ts'
import { unlockedLease } from './statements/unlocked-lease.ts'

export interface CompleteParts extends SettleParts {
  readonly orm: MikroORM
  readonly texts: StatementTexts
  readonly commitWake: CommitWake
}

/** Rolls the transaction back and carries the verdict out of it. */
class Refused extends Error {
  readonly verdict: SettlementVerdict
  constructor(verdict: SettlementVerdict) {
    super('The completion does not apply; its transaction is rolled back.')
    this.verdict = verdict
  }
}

/** After an error in COMMIT whose outcome nobody told: the pauses before each further look. */
const pausesMs = [20, 100, 500, 2000]

/**
 * On a connection of the ORM's pool, with an identity map of its own, whatever surrounds the call. The application's
 * pending changes are flushed first, so that the lease is locked as shortly as possible: shared, so that extensions and
 * other settlements go on, and against the reaper only.
 */
export async function complete(
  parts: CompleteParts,
  request: CompleteRequest<MikroOrmCaller>,
): Promise<SettlementVerdict> {
  let applied: Awaited<ReturnType<typeof request.work>> | undefined
  try {
    await parts.orm.em.fork().transactional(async (em) => {
      const transaction = em.getTransactionContext<QueryRunner & object>()!
      parts.commitWake.mark(transaction, []) // a swallowed SQL error must not pass for a commit
      const settlement = await request.work(em, { em })
      await em.flush()
      const verdict = await settleOne(inTransaction(transaction, parts.texts), settlement, request.now)
      if (verdict !== 'applied') throw new Refused(verdict)
      applied = settlement
    })
  } catch (error) {
    if (error instanceof Refused) return error.verdict
    if (applied === undefined || !isConnectionError(storageErrorOf(error))) throw error
    markSettled(applied.claim)
    if (!(await wasCommitted(parts, applied.claim))) throw storageErrorOf(error)
  }
  noteSettled(parts, applied!, 'applied')
  return 'applied'
}

/**
 * Whether a completion was committed whose COMMIT got no answer. While its transaction may still be under way, it locks
 * the lease. When that does not end in time nobody knows; the settlement that follows then tells.
 */
async function wasCommitted({ upkeep }: CompleteParts, claim: ClaimRef): Promise<boolean> {
  for (const wait of pausesMs) {
    await pause(wait)
    try {
      const [lease] = await upkeep.run(unlockedLease, [claim.leaseId])
      if (!isYes(lease!.unlocked)) continue
      const [fate] = await upkeep.run(fateOfClaims, [[claim.leaseId], [claim.position], [claim.jobId], [claim.epoch]])
      return isYes(fate!.settled)
    } catch (error) {
      if (!isConnectionError(error)) throw error
    }
  }
  return false
}
