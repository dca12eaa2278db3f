import { TransactionError } from '@goplate/queue-core'
import { TransactionContext, type EntityManager, type MikroORM } from '@mikro-orm/core'
import { installationOf } from './extension.ts'
import type { QueryRunner } from './raw-query.ts'
import { refuseOtherOrm } from './refuse-other-orm.ts'

export type { MikroOrmCaller } from './transaction-types.ts'

/** A running transaction of the application. */
export interface CallersTransaction {
  readonly em: EntityManager
  readonly transaction: QueryRunner
}

/**
 * The transaction a call joins: that of the entity manager it was given, else the one the calling code runs in.
 *
 * @throws TransactionError when the given manager stands outside of the running transaction (on PostgreSQL the job
 *   would silently be stored outside of it, on SQLite the call would wait for itself), or belongs to another ORM, or
 *   when the transaction has ended
 */
export function resolveTransaction(orm: MikroORM, em?: EntityManager): CallersTransaction | undefined {
  const chosen = (em ?? orm.em).getContext(false)
  refuseOtherOrm(chosen, orm)
  const transaction = openTransactionOf(chosen)
  if (transaction !== undefined) {
    if (hasEnded(orm, transaction)) throw new TransactionError(ended)
    return { em: chosen, transaction }
  }
  if (em !== undefined && ambientTransaction(orm) !== undefined) throw new TransactionError(outside)
  return undefined
}

/** Whether a dispatch made now would join a transaction, or be refused because of one: it is nobody else's then. */
export function joinsTransaction(orm: MikroORM, em?: EntityManager): boolean {
  try {
    return resolveTransaction(orm, em) !== undefined
  } catch {
    return true
  }
}

/** The transaction the calling code runs in; none when there is none or it has ended. Never throws. */
export function ambientTransaction(orm: MikroORM): CallersTransaction | undefined {
  const em = TransactionContext.getEntityManager(orm.em.name) ?? orm.em.getContext(false)
  if (em.config !== orm.config) return undefined
  const transaction = openTransactionOf(em)
  return transaction === undefined || hasEnded(orm, transaction) ? undefined : { em, transaction }
}

function openTransactionOf(em: EntityManager): (QueryRunner & EndedFlags) | undefined {
  return em.getTransactionContext<QueryRunner & EndedFlags>()
}

interface EndedFlags {
  readonly isCommitted?: boolean
  readonly isRolledBack?: boolean
}

function hasEnded(orm: MikroORM, transaction: EndedFlags): boolean {
  if (transaction.isCommitted === true || transaction.isRolledBack === true) return true
  return installationOf(orm).commitWake.hasEnded(transaction)
}

const outside =
  'The EntityManager you passed is outside the running transaction. ' +
  'Pass the one that em.transactional() gave to your callback, or none.'
const ended =
  'The transaction of this EntityManager has ended. Await the dispatch inside the callback of em.transactional().'
