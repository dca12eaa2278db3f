import { contractRules, type RuleId } from '@goplate/queue-core'
import { describe, expect, it } from 'vitest'
import { conformanceCases } from '../conformance/conformance-cases.ts'
import { runCase, runConformance } from '../conformance/run-conformance.ts'
import { completeHarness } from './fault.ts'
import { faults } from './index.ts'

/** The memory driver with every group and no defect: what the faulty drivers are but for one thing. */
runConformance(completeHarness('complete memory'), { describe, it })

describe('a faulty driver', () => {
  it.each(faults.map((fault) => [fault.rule, fault.defect, fault] as const))(
    'is caught by %s: it %s',
    async (rule, _defect, { harness }) => {
      const failures: unknown[] = []
      for (const one of conformanceCases.filter((candidate) => candidate.rule === rule)) {
        await runCase(harness, one).catch((error: unknown) => failures.push(error))
      }
      expect(failures).not.toHaveLength(0)
    },
  )

  it.each(Object.keys(contractRules) as RuleId[])('exists for %s', (rule) => {
    expect(faults.filter((fault) => fault.rule === rule)).not.toHaveLength(0)
  })
})
