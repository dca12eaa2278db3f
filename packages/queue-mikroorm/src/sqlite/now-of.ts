import type { Timed } from '@goplate/queue-core'

/** One machine, one clock: the database's clock is this machine's. */
export function nowOf({ now }: Timed): number {
  return Math.floor(now ?? Date.now())
}
