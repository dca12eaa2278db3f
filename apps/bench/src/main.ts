import { readFile, writeFile } from 'node:fs/promises'
import { bench } from './bench.ts'
import { benchOptions, usage, type BenchOptions } from './command-line.ts'
import { baselineOf, gate, type Baseline } from './report/gate.ts'
import { textReport } from './report/text-report.ts'
import type { Results } from './results.ts'

/** The command `pnpm bench`. Exit code 1: the gate found something worse; 2: the command line was wrong. */
const baselineFile = new URL('../../../docs/bench/baseline.json', import.meta.url)

const options = optionsOrExit()
const results = await bench(options, (line) => console.log(line))
console.log(`\n${textReport(results)}`)
if (options.out !== undefined) await writeFile(options.out, json(results))
if (options.baseline) await writeFile(baselineFile, json(baselineOf(results)))
if (options.gate) await judge(results)

function optionsOrExit(): BenchOptions {
  try {
    return benchOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exit(2)
  }
}

async function judge(measured: Results): Promise<void> {
  const baseline = JSON.parse(await readFile(baselineFile, 'utf8')) as Baseline
  const { failures, compared, notCompared } = gate(measured, baseline)
  console.log(`gate: ${compared} figures compared with commit ${baseline.commit}, ${notCompared.length} not measured`)
  for (const failure of failures) console.error(`gate: ${failure}`)
  if (failures.length > 0) process.exitCode = 1
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
