import {
  DuplicateJobError,
  InvalidOptionError,
  type DispatchReply,
  type DispatchRequest,
  type NewJobRecord,
} from '@goplate/queue-core'
import type {
  Configuration,
  EntityManager,
  EventSubscriber,
  FlushEventArgs,
  TransactionEventArgs,
} from '@mikro-orm/core'
import { refuseOtherOrm } from './refuse-other-orm.ts'
import type { MikroOrmCaller } from './transaction-types.ts'

interface Storage {
  dispatch(request: DispatchRequest<MikroOrmCaller>): Promise<DispatchReply>
}
interface StagedJob {
  readonly job: NewJobRecord
  readonly storage: Storage
  readonly now: number | undefined
}
interface Staged {
  /** For the next flush. */
  waiting: StagedJob[]
  /** For the flush under way. When it fails, the ORM forgets the entities it was about, and these go with them. */
  flushing: StagedJob[]
}

/**
 * Jobs that are stored with the next flush of an entity manager, in its transaction, as persisted entities are. Each
 * entity manager has its own; what forgets its pending entities (`clear`, a rollback, a flush that failed) forgets its
 * staged jobs too.
 *
 * A flush with changes opens a transaction when none is running, and the jobs are stored just before that commits. In a
 * running transaction, and in a flush with nothing else to write, they are stored right after it.
 */
export class StagedJobs implements EventSubscriber {
  readonly #staged = new WeakMap<EntityManager, Staged>()
  readonly #watched = new WeakSet<object>()

  /** The verb `stage` of a driver. */
  stageFor(
    storage: Storage,
    orm: { readonly config: Configuration },
  ): (request: DispatchRequest<MikroOrmCaller>) => Promise<void> {
    return async ({ jobs, caller, now }) => {
      if (caller.em === undefined) throw new InvalidOptionError('em', 'an entity manager is needed to persist a job.')
      const em = caller.em.getContext(false)
      // Nobody would hear of its flush.
      refuseOtherOrm(em, orm)
      const staged = this.#staged.get(em) ?? { waiting: [], flushing: [] }
      this.#staged.set(em, staged)
      this.#forgetWhenCleared(em)
      staged.waiting.push(...jobs.map((job) => ({ job, storage, now })))
    }
  }

  beforeFlush({ em }: FlushEventArgs): void {
    const staged = this.#staged.get(em)
    if (staged !== undefined) this.#staged.set(em, { waiting: [], flushing: staged.waiting })
  }

  beforeTransactionCommit({ em }: TransactionEventArgs): Promise<void> {
    return this.#store(em)
  }

  afterFlush({ em }: FlushEventArgs): Promise<void> {
    return this.#store(em)
  }

  afterTransactionRollback({ em }: TransactionEventArgs): void {
    this.#staged.delete(em)
  }

  async #store(em: EntityManager): Promise<void> {
    const staged = this.#staged.get(em)
    if (staged === undefined || staged.flushing.length === 0) return
    const jobs = staged.flushing
    staged.flushing = []
    for (const storage of new Set(jobs.map((one) => one.storage))) {
      const own = jobs.filter((one) => one.storage === storage)
      const records = own.map(({ job }) => job)
      // One call, so that all of them are stored or none: the last time told is the nearest to this flush.
      const now = own.at(-1)!.now
      refuseConflict(
        records,
        await storage.dispatch({ jobs: records, caller: { em }, ...(now !== undefined && { now }) }),
      )
    }
  }

  /** The ORM has no event for `em.clear()`. */
  #forgetWhenCleared(em: EntityManager): void {
    const unitOfWork = em.getUnitOfWork(false)
    if (this.#watched.has(unitOfWork)) return
    this.#watched.add(unitOfWork)
    const clear = unitOfWork.clear.bind(unitOfWork)
    unitOfWork.clear = () => {
      this.#staged.delete(em)
      clear()
    }
  }
}

/** Thrown out of the flush, so that nothing of its transaction is stored. */
function refuseConflict(jobs: readonly NewJobRecord[], reply: DispatchReply): void {
  if (reply.stored) return
  const { type, unique } = jobs[reply.conflict.index]!
  throw new DuplicateJobError(type, unique?.key.slice(type.length + 1) ?? '', reply.conflict.holder)
}
