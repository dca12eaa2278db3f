import { expect, test } from 'vitest'
import { htmlPage } from '../src/report/html-page.ts'
import { picture } from '../src/report/picture.ts'
import { pictures } from '../src/report/plot-columns.ts'
import { readmeSection, sectionIn, withSection } from '../src/report/readme-section.ts'
import { resultTables } from '../src/report/result-tables.ts'
import { markdownReport, textReport } from '../src/report/text-report.ts'
import { markdownTable, terminalTable } from '../src/report/table-text.ts'
import { changed, madeUp, without } from './made-up-results.ts'

const [drainOnServers, drainOnSqlite, pickup] = resultTables(madeUp)

test('PostgreSQL and Redis share a table, SQLite has its own', () => {
  const shown = resultTables(madeUp).map(({ scenario, group }) => `${scenario.id} ${group.id}`)
  expect(shown).toEqual(['drain servers', 'drain sqlite', 'pickup servers'])
  expect(drainOnSqlite!.rows.map(({ cells }) => cells[1])).toEqual(['SQLite', 'SQLite'])
})

test('a rate is ours ÷ it, the fastest first', () => {
  expect(column(drainOnServers!, 'contender')).toEqual(['limit, kept', 'ours, PG', 'graphile | <b>fast</b>', 'BullMQ'])
  expect(column(drainOnServers!, 'jobs/s')).toEqual(['62,500', '50,000', '20,000', '10,000'])
  expect(column(drainOnServers!, 'ours ÷ it')).toEqual(['0.80×', '1.00×', '2.50×', '5.00×'])
  expect(column(drainOnSqlite!, 'ours ÷ it')).toEqual(['0.75×', '1.00×'])
})

test('a latency is it ÷ ours, the shortest first, so above 1 is ahead there too', () => {
  expect(column(pickup!, 'contender')).toEqual(['BullMQ', 'ours, PG', 'graphile | <b>fast</b>'])
  expect(column(pickup!, 'it ÷ ours')).toEqual(['0.50×', '1.00×', '1.50×'])
})

test('a missing figure is a dash, and a column that nobody fills is left out', () => {
  expect(column(drainOnServers!, 'server CPU µs/job')).toEqual(['20.1', '13.4', '–', '–'])
  expect(column(drainOnServers!, 'WAL B/job')).toEqual(['732', '367', '667', '–'])
  expect(column(drainOnServers!, 'statements/job')).toEqual(['0.004', '0.0042', '–', '–'])
  expect(drainOnSqlite!.columns.map(({ title }) => title)).not.toContain('WAL B/job')
  const atZero = changed(madeUp, { scenario: 'drain', contender: 'goplate-sqlite' }, { serverCpuUsPerJob: 0 })
  expect(resultTables(atZero)[1]!.columns).toEqual(drainOnSqlite!.columns)
  const once = changed(madeUp, { scenario: 'drain', contender: 'bullmq' }, { rounds: 1, spread: 0 })
  expect(column(resultTables(once)[0]!, 'spread')).toEqual(['27%', '27%', '27%', '–'])
  const alone = resultTables(without(madeUp, 'goplate-postgres'))[0]!
  expect(column(alone, 'ours ÷ it')).toEqual(['–', '–', '–'])
})

test('Markdown shows ours in bold, aligned, with signs of its own escaped', () => {
  const lines = markdownTable(drainOnServers!).split('\n')
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1)
  expect(lines[1]).toMatch(/^\| -+ \| -+ \| -+ \| -+: \|/)
  expect(lines[3]).toMatch(/^\| \*\*ours, PG\*\* .* \*\*1.00×\*\* \|$/)
  expect(lines[4]).toContain('graphile \\| \\<b>fast\\</b>')
})

test('the terminal has one line for each contender, numbers on the right', () => {
  const lines = terminalTable(drainOnServers!).split('\n')
  expect(lines).toHaveLength(5)
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1)
  expect(textReport(madeUp)).toContain('Left out: pg-boss, no <reason>')
})

test('machine, versions, commit, command and setups stand in the page and in the Markdown', () => {
  const facts = ['2 cores', 'postgresql 18.4', '0123abc', 'pnpm bench --rounds 3', 'as it comes']
  for (const fact of facts) {
    expect(htmlPage(madeUp)).toContain(fact)
    expect(markdownReport(madeUp)).toContain(fact)
  }
})

test('the page escapes what comes from the results and loads nothing', () => {
  const page = htmlPage(madeUp)
  expect(page).toContain('Made &#60;Up&#62; &#38; Co')
  expect(page).toContain('&#34;a&#34; &#38; &#60;i&#62;')
  expect(page).toContain('no &#60;reason&#62;')
  expect(page).not.toMatch(/<b>fast|<reason>|<Up>/)
  expect(page).not.toMatch(/<script|<link|src=|@import|url\(/)
})

test('each plot names its contenders and their figures, and has both sets of colours', () => {
  const [, drain, waiting] = pictures.map((one) => picture(madeUp, one))
  for (const word of [
    'GoPlate Queue, PostgreSQL',
    '50,000',
    'BullMQ',
    'SQLite',
    '200,000',
    'prefers-color-scheme: dark',
  ]) {
    expect(drain).toContain(word)
  }
  expect(waiting).toContain('4.50')
  expect(Buffer.byteLength(drain!)).toBeLessThan(40 * 1024)
})

test('what was not measured has no plot', () => {
  expect(picture(madeUp, pictures[0])).toBeUndefined()
  expect(readmeSection(madeUp)).not.toContain('bench-dispatch.svg')
})

test('the section of the README says what was measured', () => {
  const section = readmeSection(madeUp)
  expect(section).toContain('works off 50,000 jobs/s on PostgreSQL')
  expect(section).toContain('2.50× graphile-worker, fast preset; 5.00× BullMQ on Redis')
  expect(section).toContain('3.00 ms after its dispatch')
  expect(section).toContain('docs/pictures/bench-drain.svg')
  expect(section).toContain('commit: 0123abc')
})

test('the section is put before the packages, then replaced', () => {
  const once = withSection('# Queue\n\n## Packages\n', readmeSection(madeUp))
  expect(once.indexOf('## Speed')).toBeLessThan(once.indexOf('## Packages'))
  const twice = withSection(once, readmeSection({ ...madeUp, commit: 'ffff000' }))
  expect(sectionIn(twice)).toContain('commit: ffff000')
  expect(twice).not.toContain('0123abc')
  expect(() => withSection('# Queue\n', '')).toThrow('Packages')
})

function column({ columns, rows }: NonNullable<typeof drainOnServers>, title: string): string[] {
  const at = columns.findIndex((one) => one.title === title)
  expect(at, title).not.toBe(-1)
  return rows.map(({ cells }) => cells[at]!)
}
