import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Results } from './results.ts'
import { writeLargePage, writeReport } from './report/report-files.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const [file, ...more] = positionals
if (file === undefined || more.length > 0) {
  console.error('Usage: node src/write-report.ts <results.json>')
  process.exit(2)
}

const results = JSON.parse(await readFile(file, 'utf8')) as Results
for (const path of await writeReport(results, join(import.meta.dirname, '../../..'))) console.log(`wrote ${path}`)
const large = await writeLargePage(results, file)
if (large !== undefined) console.log(`wrote ${large}, too large for docs/bench/index.html`)
