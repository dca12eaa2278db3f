import type { DriverPausing, Pause } from '@goplate/queue-core'
import type { CommitWake } from '../commit-wake.ts'
import type { ClaimCursors } from './claim-cursors.ts'
import type { Executor } from './executor.ts'
import { isYes, numberOf, stringOf, type Row } from './row-mapping.ts'
import { endPause } from './statements/end-pause.ts'
import { pausesInForce } from './statements/pauses-in-force.ts'
import { setPause } from './statements/set-pause.ts'

export interface PausingParts {
  readonly upkeep: Executor
  readonly pool: Executor
  readonly cursors: ClaimCursors
  readonly commitWake: CommitWake
}

/** The claim itself reads the table, on the database's clock. */
export function postgresPausing({ upkeep, pool, cursors, commitWake }: PausingParts): DriverPausing {
  return {
    async pause({ kind, name, reason, forMs, now }) {
      await upkeep.run(setPause, [kind, name, reason ?? null, forMs ?? null], now)
    },
    async resume({ kind, name, now }) {
      const [ended] = await upkeep.run(endPause, [kind, name], now)
      cursors.rescan() // they passed over the jobs of a paused type
      if (kind === 'queue' && ended !== undefined) commitWake.tell([name])
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
