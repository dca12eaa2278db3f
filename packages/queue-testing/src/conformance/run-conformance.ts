import assert from 'node:assert/strict'
import type { DriverCapabilities, StorageDriver } from '@goplate/queue-core'
import { contractRules, type RuleId } from './contract-rules.ts'
import { missingNeed, type ConformanceCase, type Ability } from './conformance-case.ts'
import { conformanceCases } from './conformance-cases.ts'
import type { DriverHarness, DriverUnderTest } from './driver-harness.ts'
import { World } from './world.ts'

/**
 * The two functions every test runner has: of vitest, node:test, mocha, jest. A case that cannot run here skips itself,
 * with its reason, if the runner gives its tests a context with `skip`; else it passes.
 */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown
  readonly it: (title: string, body: (...context: unknown[]) => Promise<void>) => unknown
}

/** Registers one test per case with the runner, grouped by rule. */
export function runConformance<Caller extends object>(
  harness: DriverHarness<Caller>,
  { describe, it }: TestRunner,
): void {
  describe(`${harness.name} keeps the storage driver contract`, () => {
    for (const rule of Object.keys(contractRules) as RuleId[]) {
      describe(`${rule}: ${contractRules[rule]}`, () => {
        for (const one of conformanceCases.filter((candidate) => candidate.rule === rule)) {
          it(one.name, async (...context) => {
            const skipped = await runCase(harness, one)
            if (skipped !== undefined) skip(context[0], skipped)
          })
        }
      })
    }
  })
}

/**
 * Runs one case in a new database, then the harness's audit. Returns the reason when it cannot run here. A case
 * that fails is told even when closing fails after it.
 */
export async function runCase<Caller extends object>(
  harness: DriverHarness<Caller>,
  one: ConformanceCase,
): Promise<string | undefined> {
  const under: DriverUnderTest = await harness.create()
  const world = new World(under)
  const [ran] = await Promise.allSettled([runAndAudit(world, one)])
  const [closed] = await Promise.allSettled([world.close().finally(() => under.dispose())])
  if (ran.status === 'rejected') throw ran.reason
  if (closed.status === 'rejected') throw closed.reason
  return ran.value === undefined ? undefined : `${harness.name} has no ${ran.value}`
}

async function runAndAudit(world: World, one: ConformanceCase): Promise<Ability | undefined> {
  const { under } = world
  const missing = missingNeed(one, under)
  if (missing?.of === 'ability') return missing.need
  if (missing?.of === 'capability') assertAbsent(under.driver, missing.need)
  else await one.run(world)
  assert.deepEqual(await (under.audit?.() ?? []), [], 'the stored rows are not consistent')
  return undefined
}

/** What a driver cannot do it must say that it cannot, in both places. */
function assertAbsent(driver: StorageDriver, capability: keyof DriverCapabilities): void {
  assert.equal(driver.capabilities[capability], false)
  assert.equal(capability in driver && driver[capability as 'wakeups'] !== undefined, false)
}

/** The context of a test is an object in some runners and a function in others. */
function skip(context: unknown, reason: string): void {
  const { skip: skipTest } = Object(context) as { readonly skip?: unknown }
  if (typeof skipTest === 'function') skipTest.call(context, reason)
}
