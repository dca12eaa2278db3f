import type { Results } from '../results.ts'
import { scenarios } from '../scenarios/all.ts'
import { barPlot } from './bar-plot.ts'
import { text } from './html.ts'
import { dark, kinds, light, variables } from './picture.ts'
import { columnsOf } from './plot-columns.ts'
import { resultTables, type ResultTable } from './result-tables.ts'
import { howToRead, runFacts } from './run-facts.ts'

/** Larger than this the page is no file for git. */
const mostBytes = 300 * 1024

/** docs/bench/index.html when it is small enough. */
export function committedPage(results: Results): string | undefined {
  const page = htmlPage(results)
  return Buffer.byteLength(page) <= mostBytes ? page : undefined
}

/** One file that loads nothing. */
export function htmlPage(results: Results): string {
  const tables = resultTables(results)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>GoPlate Queue: benchmark</title>
<style>
${sheet}
</style>
</head>
<body>
<main>
<h1>GoPlate Queue: benchmark</h1>
<p>${text(howToRead)}</p>
${facts(results)}
<nav>${links(tables)}</nav>
${scenarios
  .map(({ id }) =>
    section(
      results,
      tables.filter(({ scenario }) => scenario.id === id),
    ),
  )
  .join('\n')}
${setups(results)}
</main>
</body>
</html>
`
}

function facts(results: Results): string {
  const rows = runFacts(results).map(({ name, value }) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`)
  const leftOut = results.leftOut.map(
    ({ contender, reason }) => `<dt>Left out</dt><dd>${text(contender)}: ${text(reason)}</dd>`,
  )
  const key = Object.entries(kinds).map(
    ([color, name]) => `<span><i style="background:var(--${color})"></i>${text(name)}</span>`,
  )
  return `<dl>${[...rows, ...leftOut].join('')}</dl>
<p class="key">${key.join(' ')}</p>`
}

function links(tables: readonly ResultTable[]): string {
  const shown = scenarios.filter(({ id }) => tables.some(({ scenario }) => scenario.id === id))
  return shown.map(({ id, title }) => `<a href="#${id}">${text(title)}</a>`).join(' ')
}

function section(results: Results, tables: readonly ResultTable[]): string {
  const [first] = tables
  if (first === undefined) return ''
  const { id, number, title, figure } = first.scenario
  const note = figure === 'p50Ms' ? '<p>Less is better.</p>' : ''
  const parts = tables.map(
    (table) => `<h3>${text(table.group.title)}</h3>\n${plot(results, table)}\n${htmlTable(table)}`,
  )
  return `<section id="${id}">\n<h2><small>${text(number)}</small> ${text(title)}</h2>\n${note}${parts.join('\n')}\n</section>`
}

function plot(results: Results, { scenario, group }: ResultTable): string {
  const bars = barPlot(results, group, columnsOf(scenario))
  if (bars === undefined) return ''
  const label = text(`${scenario.title}, ${group.title}`)
  return `<div class="wide"><svg viewBox="0 0 800 ${bars.height}" width="800" height="${bars.height}" role="img" aria-label="${label}">${bars.svg}</svg></div>`
}

function htmlTable({ columns, rows }: ResultTable): string {
  const kinds = columns.map(({ number }) => (number ? ' class="number"' : ''))
  const head = columns.map(({ title }, at) => `<th scope="col"${kinds[at]}>${text(title)}</th>`)
  const body = rows.map(({ ours, cells }) => {
    const row = cells.map((cell, at) => `<td${kinds[at]}>${text(cell)}</td>`).join('')
    return `<tr${ours ? ' class="ours"' : ''}>${row}</tr>`
  })
  return `<div class="wide"><table><thead><tr>${head.join('')}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`
}

function setups(results: Results): string {
  const rows = results.contenders.map(
    ({ title, setup }) => `<tr><td>${text(title)}</td><td class="long">${text(setup)}</td></tr>`,
  )
  return `<section id="setup"><h2>Setup of each contender</h2>
<div class="wide"><table><thead><tr><th scope="col">contender</th><th scope="col">setup</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></section>`
}

const sheet = `:root { color-scheme: light dark; --page: #ffffff; --line: #d0d7de; ${variables(light)} }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --line: #30363d; ${variables(dark)} } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 ui-sans-serif, system-ui, 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px; }
p { max-width: 70ch; }
h2 { margin-top: 48px; border-bottom: 1px solid var(--line); padding-bottom: 4px; }
h2 small, .quiet { color: var(--quiet); fill: var(--quiet); font-weight: 400; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; }
a { color: var(--ours); }
svg text { fill: currentColor; font-size: 12px; }
svg .quiet { fill: var(--quiet); }
.key span { display: inline-block; margin-right: 16px; }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 6px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 12px 0; font-size: 13px; font-variant-numeric: tabular-nums; }
th { font-weight: 600; text-align: left; vertical-align: bottom; color: var(--quiet); }
th, td { padding: 3px 10px; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; }
td.long { white-space: normal; }
.number { text-align: right; }
.ours td { font-weight: 700; color: var(--ours); }`
