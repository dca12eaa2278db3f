import type { ContenderId } from '../contender.ts'
import type { Results } from '../results.ts'
import type { ScenarioId } from '../scenario.ts'
import { figure, isOurs, leadOver, times } from './figures.ts'
import { committedPage } from './html-page.ts'
import { picture } from './picture.ts'
import { pictures, scenarioOf } from './plot-columns.ts'
import { resultOf, storeNames } from './result-tables.ts'
import { runFacts } from './run-facts.ts'
import { shortNames } from './short-names.ts'
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
  const leads = leadsIn(results, 'drain').map(({ id, lead }) => `${times(lead)} ${shortNames[id]}`)
  const rate = `One worker process works off ${figure(drain?.jobsPerSecond)} jobs/s on PostgreSQL and keeps every finished job`
  return [
    ...(drain ? [`${[rate, ...(leads.length > 0 ? [leads.join('; ')] : [])].join(': ')}.`] : []),
    ...(pickup
      ? [`An idle worker in another process starts a job ${figure(pickup.p50Ms)} ms after its dispatch (median).`]
      : []),
    'Clients and databases share one machine, so only ratios mean anything.',
  ]
}

/** Ours over the limit and over the strongest setting of each peer that speaks to a server. */
function leadsIn(results: Results, scenario: ScenarioId): { id: ContenderId; lead: number }[] {
  const ours = resultOf(results, scenario, 'goplate-postgres')
  return (['raw-postgres-delete', 'graphile-worker', 'pg-boss', 'bullmq'] as const).flatMap((id) => {
    const other = resultOf(results, scenario, id)
    const lead = other && leadOver(other, ours, scenarioOf(scenario).figure)
    return lead === undefined ? [] : [{ id, lead }]
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
      { title: 'store', number: false },
      { title: 'history', number: false },
      ...compact.map(({ title }) => ({ title, number: true })),
    ],
    rows: shown.map(({ id, store, history }) => ({
      ours: isOurs(id),
      cells: [
        shortNames[id],
        storeNames[store],
        history,
        ...compact.map(({ scenario, key }) => figure(resultOf(results, scenario, id)?.[key])),
      ],
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
