import { AssertionError } from 'node:assert'
import { describe, expect, it } from 'vitest'
import { contractRules, type RuleId } from '../conformance/contract-rules.ts'
import type { ConformanceCase } from '../conformance/conformance-case.ts'
import { conformanceCases } from '../conformance/conformance-cases.ts'
import { runCase, runConformance } from '../conformance/run-conformance.ts'
import { completeHarness } from './fault.ts'
import { faults, type Fault } from './index.ts'

/** The memory driver with every group and no defect: what the faulty drivers are but for one thing. */
runConformance(completeHarness('complete memory'), { describe, it })

describe('a faulty driver', () => {
  it.each(faults.map((fault) => [fault.rule, fault.defect, fault] as const))(
    'is caught by %s: it %s',
    async (rule, _defect, fault) => {
      const cases = conformanceCases.filter((one) => one.rule === rule)
      expect(await firstCaught(cases, [fault])).toBeDefined()
    },
  )

  it.each(Object.keys(contractRules) as RuleId[])('exists for %s', (rule) => {
    expect(faults.filter((fault) => fault.rule === rule)).not.toHaveLength(0)
  })

  it.each(conformanceCases.map((one) => [one.rule, one.name, one] as const))(
    'makes the case fail: %s: %s',
    async (rule, _name, one) => {
      const ofRule = faults.filter((fault) => fault.rule === rule)
      expect(await firstCaught([one], ofRule)).toBeDefined()
    },
  )
})

/** The first assertion that fails; a fault that only breaks the machinery of the suite proves nothing. */
async function firstCaught(
  cases: readonly ConformanceCase[],
  broken: readonly Fault[],
): Promise<AssertionError | undefined> {
  for (const { harness } of broken) {
    for (const one of cases) {
      const error = await runCase(harness, one).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error instanceof AssertionError) return error
    }
  }
  return undefined
}
