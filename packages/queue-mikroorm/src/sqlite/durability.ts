import { pragmaNumber, type NativeDatabase } from './native-database.ts'

/** `full`: what was committed survives a power failure. `unchanged`: as the application has set it. */
export type Synchronous = 'full' | 'unchanged'

const full = 2
const prepared = new WeakSet<NativeDatabase>()

/**
 * Once for each handle, outside of any transaction, where SQLite refuses both settings.
 *
 * In a rollback journal every reader stops every writer, so files are switched to a write-ahead log; that belongs to
 * the file and stays. A database in memory, or on a file system without shared memory, keeps what it has.
 *
 * With such a log the usual builds of SQLite for Node fall back to `synchronous = normal` without being asked: commits
 * are then no longer flushed, and a power failure takes back jobs whose dispatch was confirmed.
 */
export function makeDurable(native: NativeDatabase, synchronous: Synchronous): void {
  if (prepared.has(native)) return
  if (!native.memory && !native.readonly) native.pragma('journal_mode = wal')
  // Set also where it reads `full`: the fall-back comes with the first use of the log, unless the level was set by hand.
  const level = pragmaNumber(native, 'synchronous')
  if (synchronous === 'full' && level <= full) native.pragma('synchronous = full')
  prepared.add(native)
}
