import { InvalidOptionError } from '@goplate/queue-core'

/** From which version of the queue's tables to which; 0 is none at all. */
export interface MigrationRange {
  readonly from: number
  readonly to: number
}

export interface MigrationRangeOptions {
  /** The version to begin with: what the application's migration before this one left. Up: 0; down: the newest. */
  readonly from?: number
  /** The version to end with. Up: the newest; down: 0. Name it: a migration must mean the same after an update. */
  readonly to?: number
}

/** @throws InvalidOptionError for versions this release does not know, or in the wrong order */
export function upRange({ from = 0, to }: MigrationRangeOptions, newest: number): MigrationRange {
  return checked({ from, to: to ?? newest }, newest, (range) => range.from < range.to)
}

/** @throws InvalidOptionError for versions this release does not know, or in the wrong order */
export function downRange({ from, to = 0 }: MigrationRangeOptions, newest: number): MigrationRange {
  return checked({ from: from ?? newest, to }, newest, (range) => range.from > range.to)
}

function checked(range: MigrationRange, newest: number, inOrder: (range: MigrationRange) => boolean): MigrationRange {
  for (const [option, version] of Object.entries(range)) {
    if (Number.isInteger(version) && version >= 0 && version <= newest) continue
    throw new InvalidOptionError(
      option,
      `${version} is not a version of the tables; this release knows 0 to ${newest}.`,
    )
  }
  if (inOrder(range)) return range
  throw new InvalidOptionError('to', `from version ${range.from} to ${range.to} is not the way of this migration.`)
}
