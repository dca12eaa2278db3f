import { contractRules, type RuleId } from './contract-rules.ts'
import { describe, expect, it } from 'vitest'
import { conformanceCases } from './conformance-cases.ts'
import { memoryHarness } from './memory-harness.ts'
import { runConformance } from './run-conformance.ts'

const rules = Object.keys(contractRules) as RuleId[]

describe('the conformance suite', () => {
  it.each(rules)('has a case for %s', (rule) => {
    expect(conformanceCases.filter((one) => one.rule === rule)).not.toHaveLength(0)
  })

  it('has only cases of rules of the contract', () => {
    expect(conformanceCases.filter(({ rule }) => !rules.includes(rule))).toEqual([])
  })

  it('names every case once within its rule', () => {
    const titles = conformanceCases.map(({ rule, name }) => `${rule}: ${name}`)
    expect(new Set(titles).size).toBe(titles.length)
  })
})

runConformance(memoryHarness, { describe, it })
