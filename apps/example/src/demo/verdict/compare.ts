import type { JobRecord } from '@goplate/queue-core'
import { expectedFacts, expectedJobs, type ExpectedJob } from './expected.ts'
import type { Folders } from '../world/folders.ts'
import { imageFault } from './observe.ts'
import type { Stage } from '../stage.ts'

/** One thing that is not as it should be. */
export interface Difference {
  readonly what: string
  readonly expected: string
  readonly found: string
}

/** Compares every job, the side effects of each, and the facts; empty when all is as expected. */
export async function compare(stage: Stage, folders: Folders, jobs: readonly JobRecord[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const [name, expected] of Object.entries(expectedJobs)) {
    const job = jobs.find(({ id }) => id === stage.cast.get(name))
    if (job === undefined) differences.push({ what: name, expected: 'a job', found: 'none' })
    else
      differences.push(
        ...compareJob(name, expected, job),
        ...(await compareEffects({ name, expected, stage, folders })),
      )
  }
  for (const job of jobs) {
    const name = stage.nameOf(job.id)
    if (!(name in expectedJobs))
      differences.push({ what: name, expected: 'no such job', found: `${job.type} ${job.state}` })
  }
  return [...differences, ...compareFacts(stage.facts)]
}

function compareJob(name: string, expected: ExpectedJob, job: JobRecord): Difference[] {
  const history = job.history ?? []
  const pairs: [string, unknown, unknown][] = [
    ['type', expected.type, job.type],
    ['state', expected.state, job.state],
    ['reason', expected.reason, job.reason],
    ['attempts', expected.attempts, job.attempt],
    ['history', expected.history.join(' → '), history.map(({ outcome }) => outcome).join(' → ')],
  ]
  const differences = pairs.flatMap(([what, ...values]) => differ(`${name}: ${what}`, ...values))
  if (expected.error !== undefined && !errorText(job).includes(expected.error)) {
    differences.push({ what: `${name}: error`, expected: expected.error, found: errorText(job) || 'none' })
  }
  return [...differences, ...comparePauses(name, expected, job)]
}

/** From dispatch to the first outcome, then from outcome to outcome. */
function comparePauses(name: string, { pausesMs = [] }: ExpectedJob, job: JobRecord): Difference[] {
  const ends = (job.history ?? []).map(({ endedAt }) => endedAt.getTime())
  return pausesMs.flatMap((least, index) => {
    const pause =
      (ends[index] ?? Number.NaN) - (index === 0 ? job.createdAt.getTime() : (ends[index - 1] ?? Number.NaN))
    if (pause >= least) return []
    return [{ what: `${name}: pause ${index + 1}`, expected: `≥ ${least} ms`, found: `${pause} ms` }]
  })
}

interface Effects {
  readonly name: string
  readonly expected: ExpectedJob
  readonly stage: Stage
  readonly folders: Folders
}

async function compareEffects({ name, expected, stage, folders }: Effects): Promise<Difference[]> {
  const { mail, image } = expected
  const received = mail === undefined ? undefined : (stage.mail.received.get(mail.to) ?? 0)
  const fault = image === undefined ? undefined : await imageFault(folders, image)
  return [
    ...differ(`${name}: messages received`, mail?.times, received),
    ...(fault === undefined ? [] : [{ what: `${name}: image`, expected: 'a smaller image', found: fault }]),
  ]
}

function compareFacts(facts: Readonly<Record<string, unknown>>): Difference[] {
  const names = new Set([...Object.keys(expectedFacts), ...Object.keys(facts)])
  return [...names].flatMap((name) => differ(name, expectedFacts[name], facts[name]))
}

function differ(what: string, expected: unknown, found: unknown): Difference[] {
  return expected === found ? [] : [{ what, expected: String(expected ?? 'none'), found: String(found ?? 'none') }]
}

export function errorText(job: JobRecord): string {
  const { error } = job as { error?: { message?: unknown } }
  return typeof error?.message === 'string' ? error.message : ''
}
