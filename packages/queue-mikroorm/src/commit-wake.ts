import type { EventSubscriber, TransactionEventArgs } from '@mikro-orm/core'

export type WakeListener = (queues: readonly string[]) => void
/** Asks the database whether a transaction can still commit; rejects if it cannot. */
export type CommitProbe = (transaction: object) => Promise<unknown>

/**
 * Knows which running transactions hold dispatched jobs. Tells the process's workers after the outermost commit, and
 * lets no transaction that was broken along the way pass for committed.
 *
 * The ORM reports savepoints as transactions of their own: a released one hands its jobs to its parent, a rolled back
 * one drops only its own.
 */
export class CommitWake implements EventSubscriber {
  readonly #probe: CommitProbe | undefined
  readonly #listeners = new Set<WakeListener>()
  readonly #parentOfManager = new WeakMap<object, object>()
  readonly #parent = new WeakMap<object, object>()
  readonly #dispatched = new WeakMap<object, Set<string>>()
  readonly #actions = new WeakMap<object, (() => void)[]>()
  readonly #ended = new WeakSet<object>()

  constructor(probe?: CommitProbe) {
    this.#probe = probe
  }

  subscribe(listener: WakeListener): () => void {
    const own: WakeListener = (queues) => listener(queues)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Jobs were stored in this transaction. `queues` are those with jobs that are due; none is fine. */
  mark(transaction: object, queues: Iterable<string>): void {
    let marked = this.#dispatched.get(transaction)
    if (marked === undefined) this.#dispatched.set(transaction, (marked = new Set()))
    for (const queue of queues) marked.add(queue)
  }

  /** Runs the action after the outermost commit of this transaction, never after a rollback. It must not throw. */
  whenCommitted(transaction: object, action: () => void): void {
    const actions = this.#actions.get(transaction)
    if (actions === undefined) this.#actions.set(transaction, [action])
    else actions.push(action)
  }

  /** Jobs that are due are visible to everyone now. */
  tell(queues: Iterable<string>): void {
    const names = [...queues]
    if (names.length === 0) return
    for (const listener of [...this.#listeners]) {
      try {
        listener(names)
      } catch {
        // A wake-up may be missed; the commit that caused it has happened and must not look failed.
      }
    }
  }

  /** A savepoint's transaction object never learns that it or its parent ended; the events do. */
  hasEnded(transaction: object): boolean {
    for (let one: object | undefined = transaction; one !== undefined; one = this.#parent.get(one)) {
      if (this.#ended.has(one)) return true
    }
    return false
  }

  beforeTransactionStart({ em, transaction }: TransactionEventArgs): void {
    if (transaction !== undefined) this.#parentOfManager.set(em, transaction)
  }

  afterTransactionStart({ em, transaction }: TransactionEventArgs): void {
    const parent = this.#parentOfManager.get(em)
    this.#parentOfManager.delete(em)
    if (parent !== undefined && transaction !== undefined && parent !== transaction) {
      this.#parent.set(transaction, parent)
    }
  }

  /**
   * When the application swallowed an SQL error, PostgreSQL answers COMMIT with a rollback and no error at all: the
   * dispatch would be lost in silence.
   */
  async beforeTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (transaction === undefined || this.#probe === undefined) return
    if (this.#dispatched.has(transaction) && !this.#parent.has(transaction)) await this.#probe(transaction)
  }

  afterTransactionCommit({ transaction }: TransactionEventArgs): void {
    const queues = this.#end(transaction)
    if (transaction === undefined) return
    const parent = this.#parent.get(transaction)
    for (const action of this.#actions.get(transaction) ?? []) {
      if (parent !== undefined) this.whenCommitted(parent, action)
      else action()
    }
    if (queues === undefined) return
    if (parent !== undefined) this.mark(parent, queues)
    else this.tell(queues)
  }

  afterTransactionRollback({ transaction }: TransactionEventArgs): void {
    this.#end(transaction)
  }

  #end(transaction: object | undefined): Set<string> | undefined {
    if (transaction === undefined) return undefined
    this.#ended.add(transaction)
    const queues = this.#dispatched.get(transaction)
    this.#dispatched.delete(transaction)
    return queues
  }
}
