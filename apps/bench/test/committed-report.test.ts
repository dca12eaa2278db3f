import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { committedPage } from '../src/report/html-page.ts'
import { picture } from '../src/report/picture.ts'
import { pictures } from '../src/report/plot-columns.ts'
import { readmeSection, sectionIn } from '../src/report/readme-section.ts'
import { markdownReport } from '../src/report/text-report.ts'
import type { Results } from '../src/results.ts'

const root = join(import.meta.dirname, '../../..')
const again = 'node apps/bench/src/write-report.ts docs/bench/results.json'
const file = committed('docs/bench/results.json')
const results = file === undefined ? undefined : (JSON.parse(file) as Results)

test('the section of the README is what the committed results give', () => {
  expect(sectionIn(committed('README.md')!), again).toBe(results && readmeSection(results))
})

test('so are the tables and the page', () => {
  expect(committed('docs/bench/README.md'), again).toBe(results && markdownReport(results))
  expect(committed('docs/bench/index.html'), again).toBe(results && committedPage(results))
})

test.each(pictures)('so is $file', (one) => {
  expect(committed(`docs/pictures/${one.file}`), again).toBe(results && picture(results, one))
})

/** Undefined when there is none: before the first run there are no results, and nothing that shows any. */
function committed(path: string): string | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
}
