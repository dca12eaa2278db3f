import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Weight } from './role-messages.ts'

/** What this process still holds once everything that can be let go is gone. */
export function weigh(): Weight {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { rss, heapUsed } = process.memoryUsage()
  return { rssMiB: rss / 2 ** 20, heapMiB: heapUsed / 2 ** 20 }
}
