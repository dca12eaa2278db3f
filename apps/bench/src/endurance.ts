import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { describeMachine, commitOf } from './describe-run.ts'
import { studies } from './endurance/all-studies.ts'
import { runStudy, type StudyResult } from './endurance/run-studies.ts'
import { studyTable } from './endurance/study-table.ts'
import { studyIds } from './endurance/study.ts'
import { postgresStore } from './stores/postgres-store.ts'

const usage = `pnpm bench:endurance [--studies a,b] [--rounds 3] [--scale 1] [--out endurance.json]

Our own queue on PostgreSQL: large numbers, long histories, many processes. --scale 0.05 makes the numbers small.
studies: ${studyIds.join(', ')}`

interface Options {
  readonly studies: readonly string[]
  readonly rounds: number
  readonly scale: number
  readonly out: string | undefined
}

function optionsOf(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const options = { studies: text, rounds: text, scale: text, out: text }
  const { values } = parseArgs({ args: [...args], options })
  const asked = values.studies?.split(',') ?? [...studyIds]
  const unknown = asked.filter((id) => !studyIds.some((known) => known === id))
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.`)
  const [rounds, scale] = [Number(values.rounds ?? 3), Number(values.scale ?? 1)]
  if (!(rounds >= 1) || !(scale > 0)) throw new Error('--rounds and --scale must be numbers above 0.')
  return { studies: asked, rounds, scale, out: values.out }
}

/** Writes what there is after every study: the whole takes an hour or more. */
async function endurance(options: Options): Promise<void> {
  const store = await postgresStore()
  const results: StudyResult[] = []
  try {
    for (const study of studies.filter(({ id }) => options.studies.includes(id))) {
      console.log(`${study.id}: ${study.title}`)
      const result = await runStudy(study, { store, ...options, tell: (line) => console.log(line) })
      results.push(result)
      console.log(`\n${studyTable(result)}\n`)
      if (options.out === undefined) continue
      const run = {
        at: new Date().toISOString(),
        commit: commitOf(),
        command: `pnpm bench:endurance ${process.argv.slice(2).join(' ')}`.trim(),
        machine: describeMachine(),
        versions: { node: process.versions.node, postgresql: store.version },
        studies: results,
      }
      await writeFile(options.out, `${JSON.stringify(run, null, 2)}\n`)
    }
  } finally {
    await store.stop()
  }
}

let options: Options
try {
  options = optionsOf(process.argv.slice(2))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
await endurance(options)
