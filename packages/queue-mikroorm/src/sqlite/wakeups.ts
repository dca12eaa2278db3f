import type { DriverWakeups } from '@goplate/queue-core'
import type { MikroORM } from '@mikro-orm/core'
import type { CommitWake, WakeListener } from '../commit-wake.ts'
import type { SqliteConnection } from './connection.ts'
import { DataVersionPoll, type Glimpse } from './data-version-poll.ts'
import { pragmaNumber } from './native-database.ts'
import type { Session } from './session.ts'
import { dueQueues } from './statements/due-queues.ts'
import { nextDue } from './statements/next-due.ts'

export interface WakeupParts {
  readonly orm: MikroORM
  readonly connection: SqliteConnection
  readonly commitWake: CommitWake
  /** Whether to look for what other processes commit. */
  readonly watch: boolean
}

/** Commits of this process are told by the ORM; those of other processes are looked for while somebody listens. */
export function sqliteWakeups({ orm, connection, commitWake, watch }: WakeupParts): DriverWakeups {
  const fromOtherProcesses = watch && isFile(orm)
  const listeners = new Set<WakeListener>()
  const poll = new DataVersionPoll({
    look: () => connection.glance(glimpse),
    dueQueues: () => connection.glance(queuesDueNow) ?? [],
    tell: (queues) => {
      for (const listener of [...listeners]) listener(queues)
    },
  })
  let endNoting: (() => void) | undefined

  const begin = () => {
    // Opened here, since a look never opens anything; if it fails, the calls that follow say so.
    void connection.open().catch(() => undefined)
    endNoting = commitWake.subscribe(() => poll.noteActivity())
    poll.start()
  }
  const end = () => {
    endNoting?.()
    poll.stop()
  }
  return {
    fromOtherProcesses,
    subscribe(listener) {
      const endOwn = commitWake.subscribe(listener)
      if (!fromOtherProcesses) return endOwn
      const tolerant: WakeListener = (queues) => tolerantly(listener, queues)
      listeners.add(tolerant)
      if (listeners.size === 1) begin()
      return () => {
        endOwn()
        if (listeners.delete(tolerant) && listeners.size === 0) end()
      }
    },
  }
}

function glimpse(session: Session): Glimpse {
  const version = pragmaNumber(session.native, 'data_version')
  return { version, nextDue: session.get(nextDue)?.at, now: Date.now() }
}

function queuesDueNow(session: Session): readonly string[] {
  return session.all(dueQueues, Date.now()).map(({ queue }) => queue)
}

/** A wake-up may be missed; what a listener throws must not stop the others, nor the poll. */
function tolerantly(listener: WakeListener, queues: readonly string[]): void {
  try {
    listener(queues)
  } catch {
    // The listener's own affair.
  }
}

/** What lives in memory has no other processes. */
function isFile(orm: MikroORM): boolean {
  const name = orm.config.get('dbName')
  return typeof name === 'string' && name !== '' && name !== ':memory:'
}
