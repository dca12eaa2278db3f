import { TransactionError, type CompleteRequest, type SettlementVerdict } from '@goplate/queue-core'
import type { EntityManager, MikroORM } from '@mikro-orm/core'
import type { CommitWake } from '../commit-wake.ts'
import { ambientTransaction, type MikroOrmCaller } from '../entity-manager.ts'
import type { SqliteConnection } from './connection.ts'
import { nowOf } from './now-of.ts'
import type { Session } from './session.ts'
import { touchLease } from './statements/touch-lease.ts'
import { fateOf, settleJobs } from './verbs/settle-jobs.ts'

export interface CompletionParts {
  readonly orm: MikroORM
  readonly connection: SqliteConnection
  readonly commitWake: CommitWake
}

/** Leaves the transaction of the application, so that the ORM rolls it back. */
class NotApplied extends Error {
  readonly verdict: Exclude<SettlementVerdict, 'applied'>
  constructor(verdict: Exclude<SettlementVerdict, 'applied'>) {
    super(`the settlement is ${verdict}`)
    this.verdict = verdict
  }
}

/**
 * The handler's writes and the job's end in one transaction of the ORM. It takes the write lock before anything is
 * read: the lease cannot be taken away meanwhile, and what the work reads cannot become stale under it.
 *
 * @throws TransactionError inside another transaction of the same ORM: it would wait for itself
 */
export async function completeJob(
  { orm, connection, commitWake }: CompletionParts,
  { claim, work, worker, now }: CompleteRequest<MikroOrmCaller>,
): Promise<SettlementVerdict> {
  if (ambientTransaction(orm) !== undefined) throw new TransactionError(insideAnother)
  const inTransaction = async (em: EntityManager): Promise<SettlementVerdict> => {
    await connection.writeJoining((session) => ensureStanding(session, claim), em)
    const settlement = await work(em, { em })
    // Before the settlement: what the database refuses to store must not meet a job that is settled already.
    await em.flush()
    return connection.writeJoining((session, place) => {
      const request = { worker, settlements: [settlement] }
      const { verdicts, dueQueues } = settleJobs(session, request, nowOf(now === undefined ? {} : { now }))
      const verdict = verdicts[0]!
      if (verdict !== 'applied') throw new NotApplied(verdict)
      commitWake.mark(place!.transaction, dueQueues)
      return verdict
    }, em)
  }
  try {
    return await orm.em.fork().transactional(inTransaction)
  } catch (error) {
    if (error instanceof NotApplied) return error.verdict
    throw error
  }
}

/** A lease that is gone costs no work. */
function ensureStanding(session: Session, claim: CompleteRequest['claim']): void {
  if (session.run(touchLease, claim.leaseId) === 0) throw new NotApplied(fateOf(session, claim))
}

const insideAnother =
  'context.complete was called inside a transaction of the same MikroORM. SQLite has one connection, so it would wait ' +
  'for itself: call it outside of em.transactional().'
