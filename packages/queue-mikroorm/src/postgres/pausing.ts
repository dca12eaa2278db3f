import type { DriverPausing, Pause } from '@goplate/queue-core'
import type { CommitWake } from '../commit-wake.ts'
import type { ClaimCursors } from './claim-cursors.ts'
import type { Executor } from './executor.ts'
import { isYes, numberOf, stringOf, type Row } from './row-mapping.ts'
import { endPause } from './statements/end-pause.ts'
import { pausesInForce } from './statements/pauses-in-force.ts'
import { setPause } from './statements/set-pause.ts'
import type { PostgresWakeups } from './wakeups.ts'

export interface PausingParts {
  readonly upkeep: Executor
  readonly pool: Executor
  readonly cursors: ClaimCursors
  readonly commitWake: CommitWake
  readonly wakeups: PostgresWakeups
}

/** The claim itself reads the table, on the database's clock. */
export function postgresPausing({ upkeep, pool, cursors, commitWake, wakeups }: PausingParts): DriverPausing {
  return {
    async pause({ kind, name, reason, forMs, now }) {
      await upkeep.run(setPause, [kind, name, reason ?? null, forMs ?? null], now)
    },
    async resume({ kind, name, now }) {
      const [ended] = await upkeep.run(endPause, [kind, name], now)
      cursors.rescan() // they passed over the jobs of a paused type
      if (ended !== undefined) {
        if (kind === 'queue') commitWake.tell([name])
        else wakeups.wakeAll()
      }
      return isYes(ended?.in_force)
    },
    async paused({ now }) {
      return (await pool.run(pausesInForce, [], now)).map(pauseOf)
    },
  }
}

function pauseOf({ kind, name, reason, since_ms, until_ms }: Row): Pause {
  return {
    kind: kind as Pause['kind'],
    name: stringOf(name),
    since: numberOf(since_ms),
    ...(reason !== null && { reason: stringOf(reason) }),
    ...(until_ms !== null && { until: numberOf(until_ms) }),
  }
}
