import type { DriverCapabilities, RuleId } from '@goplate/queue-core'
import type { DriverUnderTest } from './driver-harness.ts'
import type { World } from './world.ts'

/** A capability of the driver, or something the harness must supply. */
export type Need = keyof DriverCapabilities | HarnessAbility
export type HarnessAbility = 'forget' | 'unmigrated' | 'unstorable'

export interface ConformanceCase {
  /** The rule of the contract that it proves. */
  readonly rule: RuleId
  readonly name: string
  readonly needs?: Need | readonly Need[]
  run(world: World): Promise<void>
}

/** What the case needs and does not get here, and who lacks it; undefined when it can run. */
export function missingNeed(
  one: ConformanceCase,
  under: DriverUnderTest,
):
  | { readonly of: 'capability'; readonly need: keyof DriverCapabilities }
  | { readonly of: 'harness'; readonly need: HarnessAbility }
  | undefined {
  for (const need of [one.needs ?? []].flat()) {
    if (isAbility(need)) {
      if (under[need] === undefined) return { of: 'harness', need }
    } else if (!under.driver.capabilities[need]) return { of: 'capability', need }
  }
  return undefined
}

function isAbility(need: Need): need is HarnessAbility {
  return need === 'forget' || need === 'unmigrated' || need === 'unstorable'
}
