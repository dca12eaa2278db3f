import { expect, test } from 'vitest'
import { bench } from '../../src/bench.ts'
import { benchOptions } from '../../src/command-line.ts'
import { gate, baselineOf } from '../../src/report/gate.ts'
import { textReport } from '../../src/report/text-report.ts'
import { scenarios } from '../../src/scenarios/all.ts'

test('every contender runs every scenario it can, once and with few jobs', async () => {
  const lines: string[] = []
  const results = await bench(benchOptions(['--rounds', '1', '--scale', '0.002']), (line) => lines.push(line))
  const here = new Set(results.contenders.map(({ id }) => id))
  const wanted = scenarios.flatMap(({ id, contenders }) =>
    contenders.filter((contender) => here.has(contender)).map((contender) => `${id} ${contender}`),
  )
  expect(results.results.map(({ scenario, contender }) => `${scenario} ${contender}`).toSorted()).toEqual(
    wanted.toSorted(),
  )
  for (const { jobs, jobsPerSecond } of results.results) expect([jobs, jobsPerSecond]).toSatisfy(areAbove0)
  expect(textReport(results)).toContain('GoPlate Queue, PostgreSQL')
  expect(gate(results, baselineOf(results)).failures).toEqual([])
  for (const { contender, reason } of results.leftOut) console.log(`${contender} was left out: ${reason}`)
})

function areAbove0(figures: readonly (number | undefined)[]): boolean {
  return figures.every((figure) => figure !== undefined && figure > 0)
}
