import { startPostgres, type LocalPostgres } from '@goplate/local-postgres'
import { globSync, readFileSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { root, run } from './packages.ts'
import { blocksOf } from './page-code.ts'

const packed = inject('packed')
const page = readFileSync(join(root, 'docs/start.md'), 'utf8')
/** What the page promises. */
const timeout = 5 * 60_000

let postgres: LocalPostgres
let start: string
beforeAll(async () => {
  postgres = await startPostgres()
  start = await mkdtemp(join(tmpdir(), 'start-walk-'))
})
afterAll(async () => {
  await postgres?.stop()
  if (start) await rm(start, { recursive: true, force: true })
})

test('whoever follows docs/start.md in an empty folder sees what it says', { timeout }, async () => {
  const promised: string[] = []
  const seen: string[] = []
  let folder = start
  let printed = ''
  for (const { language, code, mark } of blocksOf(page)) {
    if (mark?.kind === 'file') await appendFile(join(folder, mark.name), code)
    if (language === 'sh') ({ printed, folder } = await shell(code, folder))
    if (mark?.kind !== 'output') continue
    promised.push(withoutTimes(code))
    seen.push(withoutTimes(printed))
  }
  expect(seen).toEqual(promised)
  expect(seen.length).toBeGreaterThanOrEqual(3)
  expect(storedJobs()).toEqual([
    { type: 'greet', state: 'finished', outcomes: '1 finished' },
    { type: 'fetch_rates', state: 'finished', outcomes: '1 retried, 2 finished' },
    { type: 'charge', state: 'failed', outcomes: '1 failed' },
  ])
})

/** Runs a block of the page where the one before ended; only the packages that are not published yet are replaced. */
async function shell(code: string, folder: string): Promise<{ printed: string; folder: string }> {
  const local = code.replaceAll(/^npm install .*$/gm, (line) =>
    line.replaceAll(/@goplate\/[\w-]+/g, (name) => packed[name]?.tarball ?? name),
  )
  const where = join(start, '.where')
  const env = {
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    DATABASE_URL: postgres.url,
  }
  const printed = await run('sh', ['-e', '-c', `${local}\npwd > '${where}'`], folder, env)
  return { printed, folder: (await readFile(where, 'utf8')).trim() }
}

/** What the database says, asked without the queue. */
function storedJobs(): unknown[] {
  const [file] = globSync('**/app.db', { cwd: start })
  if (file === undefined) throw new Error('The walk left no app.db.')
  const database = new DatabaseSync(join(start, file), { readOnly: true })
  const jobs = database.prepare(storedJobsSql).all()
  database.close()
  return jobs.map((job) => ({ ...job }))
}

/** The first words of the outcomes a ledger stores as numbers. */
const outcomes = "case o.state when 1 then 'finished' when 2 then 'failed' when 4 then 'retried' else o.state end"
const storedJobsSql = `
  select j.type, j.state, group_concat(o.attempt || ' ' || ${outcomes}, ', ' order by o.epoch) as outcomes
  from goplate_queue_queue_job j join goplate_queue_outcome o on o.job = j.id
  group by j.id order by j.id`

function withoutTimes(text: string): string {
  return text.replaceAll(/\b\d\d:\d\d:\d\d\b/g, 'hh:mm:ss')
}
