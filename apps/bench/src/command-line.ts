import { parseArgs } from 'node:util'
import { contenderIds, type ContenderId } from './contender.ts'
import { scenarioIds, type ScenarioId } from './scenario.ts'

export interface BenchOptions {
  readonly scenarios: readonly ScenarioId[]
  readonly contenders: readonly ContenderId[]
  readonly rounds: number
  readonly scale: number
  readonly out: string | undefined
}

export const usage = `pnpm bench [--scenarios a,b] [--contenders a,b] [--rounds 3] [--scale 1] [--out results.json]

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
    },
  })
  return {
    scenarios: chosen(scenarioIds, values.scenarios),
    contenders: chosen(contenderIds, values.contenders),
    rounds: positive('rounds', values.rounds),
    scale: positive('scale', values.scale),
    out: values.out,
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
