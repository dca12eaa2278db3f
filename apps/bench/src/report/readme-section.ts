import type { ContenderInfo, Results } from '../results.ts'
import type { ScenarioId } from '../scenario.ts'
import { figure, isOurs, leadOver, times } from './figures.ts'
import { committedPage } from './html-page.ts'
import { picture } from './picture.ts'
import { pictures, scenarioOf } from './plot-columns.ts'
import { resultOf } from './result-tables.ts'
import { runFacts } from './run-facts.ts'
import { markdownTable } from './table-text.ts'

const begin = '<!-- bench:begin -->'
const end = '<!-- bench:end -->'

/** The README's section, with its markers. Everything in it comes from the results. */
export function readmeSection(results: Results): string {
  const shown = pictures.filter((one) => picture(results, one) !== undefined)
  const parts = [
    '## Speed',
    sentences(results).join(' '),
    ...shown.map(({ file, title }) => `![${title}](docs/pictures/${file})`),
    markdownTable(compactTable(results)),
    sourceOf(results),
  ]
  return [begin, ...parts, end].join('\n\n')
}

/** The section as it stands in the README; undefined without one. */
export function sectionIn(readme: string): string | undefined {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  return from === -1 || to < from ? undefined : readme.slice(from, to + end.length)
}

/** The README with this section, in the place of the old one or before the packages. */
export function withSection(readme: string, section: string): string {
  const old = sectionIn(readme)
  if (old !== undefined) return readme.replace(old, () => section)
  const packages = readme.indexOf('## Packages')
  if (packages === -1)
    throw new Error(`The README has neither ${begin} nor a heading "Packages" to put the section before`)
  return `${readme.slice(0, packages)}${section}\n\n${readme.slice(packages)}`
}

function sentences(results: Results): string[] {
  const drain = resultOf(results, 'drain', 'goplate-postgres')
  const pickup = resultOf(results, 'pickup', 'goplate-postgres')
  const leads = leadsIn(results, 'drain').map(({ info, lead }) => `${times(lead)} ${info.title}`)
  return [
    ...(drain
      ? [`One worker process drains ${figure(drain.jobsPerSecond)} jobs/s from PostgreSQL and keeps their history.`]
      : []),
    ...(leads.length > 0 ? [`That is ${leads.join('; ')}.`] : []),
    ...(pickup
      ? [`An idle worker in another process starts a job ${figure(pickup.p50Ms)} ms after its dispatch (median).`]
      : []),
    'Clients and databases share one machine, so only ratios mean anything.',
  ]
}

/** Ours over the limit and over the strongest setting of each peer that speaks to a server. */
function leadsIn(results: Results, scenario: ScenarioId): { info: ContenderInfo; lead: number }[] {
  const ours = resultOf(results, scenario, 'goplate-postgres')
  return (['raw-postgres-delete', 'graphile-worker', 'pg-boss', 'bullmq'] as const).flatMap((id) => {
    const [info, other] = [results.contenders.find((one) => one.id === id), resultOf(results, scenario, id)]
    const lead = other && leadOver(other, ours, scenarioOf(scenario).figure)
    return info === undefined || lead === undefined ? [] : [{ info, lead }]
  })
}

const compact = [
  { title: 'dispatch in batches, jobs/s', scenario: 'bulk-dispatch', key: 'jobsPerSecond' },
  { title: 'dispatch one by one, jobs/s', scenario: 'single-dispatch', key: 'jobsPerSecond' },
  { title: 'drain, jobs/s', scenario: 'drain', key: 'jobsPerSecond' },
  { title: 'pickup p50, ms', scenario: 'pickup', key: 'p50Ms' },
] as const

function compactTable(results: Results) {
  const shown = results.contenders.filter(({ id }) => compact.some(({ scenario }) => resultOf(results, scenario, id)))
  return {
    columns: [
      { title: 'queue', number: false },
      { title: 'history', number: false },
      ...compact.map(({ title }) => ({ title, number: true })),
    ],
    rows: shown.map(({ id, title, history }) => ({
      ours: isOurs(id),
      cells: [title, history, ...compact.map(({ scenario, key }) => figure(resultOf(results, scenario, id)?.[key]))],
    })),
  }
}

function sourceOf(results: Results): string {
  const facts = runFacts(results).map(
    ({ name, value }) => `${name.toLowerCase()}: ${name === 'Command' ? `\`${value}\`` : value}`,
  )
  const page = committedPage(results) === undefined ? '' : ', [page with plots](docs/bench/index.html)'
  return `${facts.join('; ')}. All scenarios and setups: [tables](docs/bench/README.md)${page}, [data](docs/bench/results.json).`.replace(
    /^m/,
    'M',
  )
}
