import type { JobId, JobRecord } from '@goplate/queue-core'
import type { Folders } from '../world/folders.ts'
import type { Expected, ExpectedJob, Fact } from './expected.ts'
import { imageFault } from './observe.ts'

/** What the demo saw beside the stored jobs. */
export interface Seen {
  /** The jobs of the story by name. */
  readonly cast: ReadonlyMap<string, JobId>
  readonly facts: Expected['facts']
  /** How many messages each address received. */
  readonly received: ReadonlyMap<string, number>
  readonly folders: Folders
}

/** One thing that is not as it should be. */
export interface Difference {
  readonly what: string
  readonly expected: string
  readonly found: string
}

/** Compares every job, the side effects of each, and the facts; empty when all is as expected. */
export async function compare(expected: Expected, seen: Seen, jobs: readonly JobRecord[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const [name, wanted] of Object.entries(expected.jobs)) {
    const job = jobs.find(({ id }) => id === seen.cast.get(name))
    if (job === undefined) differences.push({ what: name, expected: 'a job', found: 'none' })
    else differences.push(...compareJob(name, wanted, job), ...comparePauses(name, wanted, job))
    differences.push(...compareMail(name, wanted, seen), ...(await compareImage(name, wanted, seen)))
  }
  return [...differences, ...strangers(expected, seen, jobs), ...compareFacts(expected.facts, seen.facts)]
}

function compareJob(name: string, expected: ExpectedJob, job: JobRecord): Difference[] {
  const error = job.error?.message ?? 'none'
  const wantedError = expected.error ?? 'none'
  const history = (job.history ?? []).map(({ outcome }) => outcome).join(' → ')
  return [
    ...differ(`${name}: type`, expected.type, job.type),
    ...differ(`${name}: state`, expected.state, job.state),
    ...differ(`${name}: reason`, expected.reason, job.reason),
    ...differ(`${name}: attempts`, expected.attempts, job.attempt),
    ...differ(`${name}: history`, expected.history.join(' → '), history),
    ...(error.includes(wantedError) ? [] : [{ what: `${name}: error`, expected: wantedError, found: error }]),
  ]
}

/** From dispatch to the first outcome, then from outcome to outcome. */
function comparePauses(name: string, { pausesMs = [] }: ExpectedJob, job: JobRecord): Difference[] {
  const instants = [job.createdAt, ...(job.history ?? []).map(({ endedAt }) => endedAt)].map((date) => date.getTime())
  return pausesMs.flatMap((least, index) => {
    const pause = (instants[index + 1] ?? Number.NaN) - (instants[index] ?? Number.NaN)
    if (pause >= least) return []
    return [{ what: `${name}: pause ${index + 1}`, expected: `at least ${least} ms`, found: `${pause} ms` }]
  })
}

function compareMail(name: string, { mail }: ExpectedJob, { received }: Seen): Difference[] {
  return mail === undefined ? [] : differ(`${name}: messages received`, mail.times, received.get(mail.to) ?? 0)
}

async function compareImage(name: string, { image }: ExpectedJob, { folders }: Seen): Promise<Difference[]> {
  const fault = image === undefined ? undefined : await imageFault(folders, image)
  return fault === undefined ? [] : [{ what: `${name}: image`, expected: 'a smaller image', found: fault }]
}

/** Jobs that nobody expected: a rolled back sign-up's, for one. */
function strangers(expected: Expected, { cast }: Seen, jobs: readonly JobRecord[]): Difference[] {
  const known = new Set(Object.keys(expected.jobs).map((name) => cast.get(name)))
  return jobs
    .filter(({ id }) => !known.has(id))
    .map((job) => ({ what: `job ${job.id}`, expected: 'no such job', found: `${job.type}, ${job.state}` }))
}

function compareFacts(expected: Expected['facts'], facts: Seen['facts']): Difference[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(facts)])
  return [...names].flatMap((name) => differ(name, expected[name], facts[name]))
}

function differ(what: string, expected: Fact, found: Fact): Difference[] {
  return expected === found ? [] : [{ what, expected: String(expected ?? 'none'), found: String(found ?? 'none') }]
}
