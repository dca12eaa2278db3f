import type { EventSubscriber, TransactionEventArgs } from '@mikro-orm/core'
import { TransactionError } from '@goplate/queue-core'

/** The native handle, as far as this guard needs it. */
interface NativeHandle {
  readonly inTransaction: boolean
  exec(sql: string): unknown
}

/**
 * SQLite rolls a whole transaction back by itself on some errors (disk full, I/O, out of memory, `on conflict
 * rollback`). The ORM's own COMMIT or ROLLBACK then fails, and its query builder never gives the connection back:
 * every later use of that ORM, the queue's included, would wait for ever. An empty transaction in the place of the
 * lost one lets the ROLLBACK succeed; a commit is refused.
 */
export class AutomaticRollbackGuard implements EventSubscriber {
  async beforeTransactionCommit({ em, transaction }: TransactionEventArgs): Promise<void> {
    if (await wasLost({ em, transaction })) throw new TransactionError(lost)
  }

  async beforeTransactionRollback({ em, transaction }: TransactionEventArgs): Promise<void> {
    if (transaction?.savepointName !== undefined) return
    const handle = await handleOf(em)
    if (handle?.inTransaction === false) handle.exec('begin')
  }
}

async function wasLost({ em }: Pick<TransactionEventArgs, 'em' | 'transaction'>): Promise<boolean> {
  return (await handleOf(em))?.inTransaction === false
}

/** None when the application handed the ORM a ready-made dialect: then its transactions are its own affair. */
async function handleOf(em: TransactionEventArgs['em']): Promise<NativeHandle | undefined> {
  const connection = em.getConnection('write') as { getNativeClient?(): Promise<NativeHandle> }
  return connection.getNativeClient?.().catch(() => undefined)
}

const lost =
  'SQLite rolled this transaction back by itself after an error that was swallowed. ' +
  'Nothing of it was stored; let such errors leave the callback of em.transactional().'
