import { InvalidOptionError } from '../errors.ts'
import type { NewJobRecord } from '../job/stored-job.ts'

/**
 * Throws `InvalidOptionError` for a job that must not meet its unique key while an earlier job of the same call asks
 * for it. Such a call can never succeed; the driver's answer would name a holder that was not stored either.
 */
export function refuseRepeatedKeys(records: readonly NewJobRecord[]): void {
  const asked = new Set<string>()
  for (const { type, unique } of records) {
    if (unique === undefined) continue
    if (unique.onConflict === 'reject' && asked.has(unique.key)) {
      const key = unique.key.slice(type.length + 1)
      throw new InvalidOptionError(
        'unique.key',
        `two jobs of one call ask for "${key}" of "${type}", and the second rejects a key that is held`,
      )
    }
    asked.add(unique.key)
  }
}
