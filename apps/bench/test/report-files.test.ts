import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeReport } from '../src/report/report-files.ts'
import { resultTables } from '../src/report/result-tables.ts'
import type { Results } from '../src/results.ts'
import { madeUp } from './made-up-results.ts'

test('a report goes to its places; a plot that has nothing to show any more is removed', async () => {
  const root = freshRoot()
  const waiting: Results = { ...madeUp, results: madeUp.results.filter(({ scenario }) => scenario === 'pickup') }
  await writeReport(madeUp, root)
  expect(readdirSync(join(root, 'docs/pictures'))).toEqual(['bench-drain.svg', 'bench-pickup.svg'])
  const written = await writeReport(waiting, root)
  expect(written.sort()).toEqual([
    ...['README.md', 'docs/bench/README.md', 'docs/bench/index.html', 'docs/bench/results.json'],
    'docs/pictures/bench-pickup.svg',
  ])
  expect(readdirSync(join(root, 'docs/pictures'))).toEqual(['bench-pickup.svg'])
  expect(readFileSync(join(root, 'README.md'), 'utf8')).not.toContain('bench-drain.svg')
})

test('the committed results give the same tables as those of the run', async () => {
  const root = freshRoot()
  await writeReport(madeUp, root)
  const stored = JSON.parse(readFileSync(join(root, 'docs/bench/results.json'), 'utf8')) as Results
  expect(resultTables(stored)).toEqual(resultTables(madeUp))
})

function freshRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'report-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, 'README.md'), '# Queue\n\n## Packages\n')
  return root
}
