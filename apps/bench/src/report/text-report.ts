import { styleText } from 'node:util'
import type { Results } from '../results.ts'
import { resultTables, type ResultTable } from './result-tables.ts'
import { howToRead, runFacts } from './run-facts.ts'
import { markdownTable, terminalTable } from './table-text.ts'

/** For the terminal. */
export function textReport(results: Results): string {
  const tables = resultTables(results).map(
    (table) => `${styleText('underline', heading(table))}\n${terminalTable(table)}`,
  )
  const facts = runFacts(results).map(({ name, value }) => `${name.padEnd(9)} ${value}`)
  return [...tables, ...leftOut(results), facts.join('\n')].join('\n\n')
}

/** docs/bench/README.md */
export function markdownReport(results: Results): string {
  const facts = runFacts(results).map(({ name, value }) => `- ${name}: ${name === 'Command' ? `\`${value}\`` : value}`)
  const setups = results.contenders.map(({ title, setup }) => `- ${title}: ${setup}`)
  const tables = resultTables(results).flatMap((table) => [`## ${heading(table)}`, markdownTable(table)])
  const parts = [
    ...['# Benchmark', howToRead, facts.join('\n'), 'The same figures as data: [results.json](results.json).'],
    ...['## Setup of each contender', setups.join('\n'), ...leftOut(results), ...tables],
  ]
  return `${parts.join('\n\n')}\n`
}

function heading({ scenario, group }: ResultTable): string {
  return `${scenario.number} ${scenario.title}: ${group.title}`
}

function leftOut(results: Results): string[] {
  return results.leftOut.map(({ contender, reason }) => `Left out: ${contender}, ${reason}`)
}
