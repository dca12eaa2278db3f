import { parseArgs } from 'node:util'
import { contenderIds, type ContenderId } from './contender.ts'
import { scenarioIds, type ScenarioId } from './scenario.ts'

export interface BenchOptions {
  readonly scenarios: readonly ScenarioId[]
  readonly contenders: readonly ContenderId[]
  readonly rounds: number
  readonly scale: number
  /** Where the results go, as JSON. */
  readonly out: string | undefined
  /** Compare with docs/bench/baseline.json and fail where it got worse. */
  readonly gate: boolean
  /** Make these results the baseline. */
  readonly baseline: boolean
  /** What decides about the results, as it was typed. */
  readonly said: string
}

export const usage = `pnpm bench [--scenarios a,b] [--contenders a,b] [--rounds 3] [--scale 1] [--out results.json] [--gate | --baseline]

scenarios:  ${scenarioIds.join(', ')}
contenders: ${contenderIds.join(', ')}`

/** Throws with a sentence for the person who typed it. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenarios: { type: 'string' },
      contenders: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      scale: { type: 'string', default: '1' },
      out: { type: 'string' },
      gate: { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: false },
    },
  })
  return {
    scenarios: chosen(scenarioIds, values.scenarios),
    contenders: chosen(contenderIds, values.contenders),
    rounds: positive('rounds', values.rounds),
    scale: positive('scale', values.scale),
    out: values.out,
    gate: values.gate,
    baseline: values.baseline,
    said: saidOf(values),
  }
}

function chosen<Id extends string>(all: readonly Id[], list: string | undefined): readonly Id[] {
  if (list === undefined) return all
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !all.some((id) => id === name))
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}; there are: ${all.join(', ')}.`)
  return all.filter((id) => names.includes(id))
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${option} must be a number above 0, not ${text}.`)
  return value
}

function saidOf(values: Readonly<Record<string, string | boolean | undefined>>): string {
  const usual: Readonly<Record<string, string>> = { rounds: '3', scale: '1' }
  return ['scenarios', 'contenders', 'rounds', 'scale']
    .flatMap((option) => {
      const value = values[option]
      return value === undefined || value === usual[option] ? [] : [`--${option} ${value}`]
    })
    .join(' ')
}
