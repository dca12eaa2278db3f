import type { Retention, RetentionTimes } from '../driver/storage-driver.ts'
import { parseDuration, type Duration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'
import { checkName } from '../job/option-checks.ts'

/** How long jobs are kept after they ended; `false` keeps them for ever. */
export interface EndedRetention {
  /** Default `'7d'`. */
  readonly finished?: Duration | false
  /** Default `'30d'`. */
  readonly failed?: Duration | false
  /** Default `'7d'`. */
  readonly cancelled?: Duration | false
}
export interface RetentionOptions extends EndedRetention {
  /** Other times for some types; a state left out has the time above. `false` keeps every job of the type. */
  readonly types?: Readonly<Record<string, false | EndedRetention>>
}

const states = ['finished', 'failed', 'cancelled'] as const
const defaults = { finished: '7d', failed: '30d', cancelled: '7d' } as const satisfies EndedRetention

/** Undefined: nothing is ever removed. */
export function retentionOf(option: false | RetentionOptions | undefined): Retention | undefined {
  if (option === false) return undefined
  const { types, ...own } = option ?? {}
  const general: EndedRetention = { ...defaults, ...own }
  const times = timesOf(general, 'retention')
  if (types === undefined) return times
  const byType = Object.entries(types).map(([type, value]) => {
    checkName(`retention.types.${type}`, type)
    return [type, value === false ? {} : timesOf({ ...general, ...value }, `retention.types.${type}`)] as const
  })
  return { ...times, types: Object.fromEntries(byType) }
}

function timesOf(retention: EndedRetention, option: string): RetentionTimes {
  const unknown = Object.keys(retention).find((name) => !(states as readonly string[]).includes(name))
  if (unknown !== undefined) throw new InvalidOptionError(`${option}.${unknown}`, `is not one of ${states.join(', ')}`)
  const times = states.flatMap((state) => {
    const value = retention[state]
    return value === false || value === undefined ? [] : [[`${state}Ms`, parseDuration(value, `${option}.${state}`)]]
  })
  return Object.fromEntries(times) as RetentionTimes
}
