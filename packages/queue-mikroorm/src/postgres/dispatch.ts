import type { DispatchReceipt, DispatchReply, DispatchRequest, NewJobRecord } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import { setTimeout as pause } from 'node:timers/promises'
import type { CommitWake } from '../commit-wake.ts'
import { resolveTransaction, type CallersTransaction, type MikroOrmCaller } from '../entity-manager.ts'
import { rawQuery } from '../raw-query.ts'
import type { ClaimCursors } from './claim-cursors.ts'
import type { Connections } from './connections.ts'
import type { NumberedJob } from './dispatch-columns.ts'
import { DispatchPool } from './dispatch-pool.ts'
import type { DueAlarm } from './due-alarm.ts'
import { isConnectionError, isTakenId, storageErrorOf } from './error-mapping.ts'
import { inTransaction, type Executor } from './executor.ts'
import type { IdBlocks } from './id-blocks.ts'
import type { StatementTexts } from './statement.ts'
import { storedBefore, storeNumbered } from './store-jobs.ts'

export interface DispatcherParts {
  readonly orm: MikroORM
  readonly connections: Connections
  readonly texts: StatementTexts
  readonly ids: IdBlocks
  readonly cursors: ClaimCursors
  readonly commitWake: CommitWake
  readonly alarm: DueAlarm
}

/** After a lost reply the same ids are tried again; these are the pauses before each further attempt. */
const pausesMs = [20, 100, 500, 2000]

export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #pool: DispatchPool

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#pool = new DispatchPool((jobs) => this.#storeOutside(jobs, undefined))
  }

  async dispatch(request: DispatchRequest<MikroOrmCaller>): Promise<DispatchReply> {
    const joined = resolveTransaction(this.#parts.orm, request.caller.em)
    const reply = joined === undefined ? await this.#outside(request) : await this.#joining(joined, request)
    if (reply.stored) this.#announce(request, joined)
    return reply
  }

  #outside({ jobs, now }: DispatchRequest<MikroOrmCaller>): Promise<DispatchReply> | DispatchReply {
    if (!jobs.some(({ unique }) => unique !== undefined)) {
      const receipts = now === undefined ? this.#pool.dispatch(jobs) : this.#storeOutside(jobs, now)
      return receipts.then((stored) => ({ stored: true, receipts: stored }))
    }
    return this.#uniqueOutside(jobs, now)
  }

  async #storeOutside(jobs: readonly NewJobRecord[], now: number | undefined): Promise<readonly DispatchReceipt[]> {
    const { pool } = this.#parts.connections
    return this.#untilAnswered(jobs, (numbered) => storeNumbered(pool, numbered, now))
  }

  /** A single job is not stored when its key is held; of several, those before it are taken back. */
  async #uniqueOutside(jobs: readonly NewJobRecord[], now: number | undefined): Promise<DispatchReply> {
    const { connections } = this.#parts
    if (jobs.length === 1 || !jobs.some(rejects)) return replyTo(jobs, await this.#storeOutside(jobs, now))
    const receipts = await this.#untilAnswered(jobs, (numbered) =>
      connections.transaction(async (executor) => {
        const reply = await storeNumbered(executor, numbered, now)
        return { keep: replyTo(jobs, reply).stored, reply }
      }),
    )
    return replyTo(jobs, receipts)
  }

  /**
   * Repeats with the same ids while no answer came: an id that is taken then means that an earlier attempt was
   * committed. On a first attempt, or by other jobs, it means that a block of ids was handed out twice, by a restored
   * backup or a failover to a server that lagged: then a new block is taken.
   */
  async #untilAnswered(
    jobs: readonly NewJobRecord[],
    store: (numbered: readonly NumberedJob[]) => Promise<readonly DispatchReceipt[]>,
  ): Promise<readonly DispatchReceipt[]> {
    const { pool } = this.#parts.connections
    const pauses = pausesMs.values()
    let numbered: readonly NumberedJob[] | undefined
    let repeated = false
    for (;;) {
      try {
        numbered ??= await this.#number(jobs, pool)
        return await this.#storeOrFind({ numbered, repeated }, store)
      } catch (error) {
        if (isTakenId(error) && numbered !== undefined) {
          this.#discardBlock(numbered)
          numbered = undefined
          repeated = false
        } else {
          const { value, done } = isConnectionError(error) ? pauses.next() : { value: 0, done: true }
          if (done === true) throw error
          await pause(value)
          repeated = numbered !== undefined
        }
      }
    }
  }

  async #storeOrFind(
    { numbered, repeated }: { readonly numbered: readonly NumberedJob[]; readonly repeated: boolean },
    store: (numbered: readonly NumberedJob[]) => Promise<readonly DispatchReceipt[]>,
  ): Promise<readonly DispatchReceipt[]> {
    try {
      return await store(numbered)
    } catch (error) {
      if (!repeated || !isTakenId(error)) throw error
      const before = await storedBefore(this.#parts.connections.pool, numbered)
      if (before === undefined) throw error
      return before
    }
  }

  async #joining(joined: CallersTransaction, { jobs, now }: DispatchRequest<MikroOrmCaller>): Promise<DispatchReply> {
    const { transaction } = joined
    const executor = inTransaction(transaction, this.#parts.texts)
    await this.#parts.connections.gate.pass(executor)
    const numbered = await this.#number(jobs, executor)
    const guarded = jobs.length > 1 && jobs.some(rejects)
    const run = (sql: string) =>
      transaction.executeQuery(rawQuery(sql)).catch((e: unknown) => Promise.reject(storageErrorOf(e)))
    if (guarded) await run('savepoint goplate_dispatch')
    try {
      const reply = replyTo(jobs, await storeNumbered(executor, numbered, now))
      if (guarded && !reply.stored) await run('rollback to savepoint goplate_dispatch')
      if (guarded) await run('release savepoint goplate_dispatch')
      return reply
    } catch (error) {
      if (isTakenId(error)) this.#discardBlock(numbered)
      throw error
    }
  }

  async #number(jobs: readonly NewJobRecord[], executor: Executor): Promise<readonly NumberedJob[]> {
    const ids = await this.#parts.ids.take(jobs.length, executor)
    return jobs.map((job, index) => ({ id: ids[index]!, job }))
  }

  #discardBlock(numbered: readonly NumberedJob[]): void {
    this.#parts.ids.discard()
    process.emitWarning(
      `Job ids from ${numbered[0]?.id} on were handed out twice: was the database restored, or did it fail over to a ` +
        'server that lagged behind? A new block of ids is used.',
      { type: 'GoPlateQueueWarning', code: 'GPQ_IDS_HANDED_OUT_TWICE' },
    )
  }

  #announce({ jobs, now }: DispatchRequest<MikroOrmCaller>, joined: CallersTransaction | undefined): void {
    const { commitWake, cursors } = this.#parts
    const due = jobs.filter((job) => isDue(job, now ?? Date.now()))
    for (const { queue, priority } of due) cursors.arrivedLast(queue, priority)
    const queues = new Set(due.map(({ queue }) => queue))
    if (joined === undefined) commitWake.tell(queues)
    else commitWake.mark(joined.transaction, queues)
    if (now === undefined && due.length < jobs.length) this.#setAlarm(jobs, joined)
  }

  #setAlarm(jobs: readonly NewJobRecord[], joined: CallersTransaction | undefined): void {
    const { commitWake, alarm } = this.#parts
    const dispatched = performance.now()
    const act = () => {
      for (const job of jobs) if (delayOf(job) > 0) alarm.set(job.queue, dispatched + delayOf(job))
    }
    if (joined === undefined) act()
    else commitWake.whenCommitted(joined.transaction, act)
  }
}

function delayOf({ delayMs, availableAt }: NewJobRecord): number {
  return delayMs ?? (availableAt === undefined ? 0 : availableAt - Date.now())
}

function isDue({ delayMs = 0, availableAt = 0 }: NewJobRecord, now: number): boolean {
  return delayMs <= 0 && availableAt <= now
}

function rejects({ unique }: NewJobRecord): boolean {
  return unique?.onConflict === 'reject'
}

/** The first job that must not meet a held key and did decides. */
function replyTo(jobs: readonly NewJobRecord[], receipts: readonly DispatchReceipt[]): DispatchReply {
  const index = receipts.findIndex(({ created }, at) => !created && rejects(jobs[at]!))
  if (index === -1) return { stored: true, receipts }
  return { stored: false, conflict: { index, holder: receipts[index]!.id } }
}
