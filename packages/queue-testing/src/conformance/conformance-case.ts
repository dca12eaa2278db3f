import type { DriverCapabilities } from '@goplate/queue-core'
import type { RuleId } from './contract-rules.ts'
import type { DriverUnderTest } from './driver-harness.ts'
import type { World } from './world.ts'

/** A capability of the driver, or something that it or its harness may lack without a flag. */
export type Need = keyof DriverCapabilities | Ability
export type Ability =
  'forget' | 'unmigrated' | 'unstorable' | 'wasCommitted' | 'stage' | 'fromOtherProcesses' | 'cancelRequests'

export interface ConformanceCase {
  /** The rule of the contract that it proves. */
  readonly rule: RuleId
  readonly name: string
  readonly needs?: Need | readonly Need[]
  run(world: World): Promise<void>
}

export type MissingNeed =
  | { readonly of: 'capability'; readonly need: keyof DriverCapabilities }
  | { readonly of: 'ability'; readonly need: Ability }

/** What the case needs and does not get here; undefined when it can run. */
export function missingNeed(one: ConformanceCase, under: DriverUnderTest): MissingNeed | undefined {
  const has: Record<Ability, boolean> = {
    forget: under.forget !== undefined,
    unmigrated: under.unmigrated !== undefined,
    unstorable: under.unstorable !== undefined,
    wasCommitted: under.driver.transactions?.wasCommitted !== undefined,
    stage: under.driver.transactions?.stage !== undefined,
    cancelRequests: under.driver.wakeups?.onCancelRequested !== undefined,
    fromOtherProcesses: under.driver.wakeups?.fromOtherProcesses === true && under.independent !== undefined,
  }
  for (const need of [one.needs ?? []].flat()) {
    if (need in has) {
      if (!has[need as Ability]) return { of: 'ability', need: need as Ability }
    } else if (!under.driver.capabilities[need as keyof DriverCapabilities]) {
      return { of: 'capability', need: need as keyof DriverCapabilities }
    }
  }
  return undefined
}
