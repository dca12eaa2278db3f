import type { StorageDriver } from '../driver/storage-driver.ts'
import { InvalidOptionError } from '../errors.ts'
import { isEnded, jobStates, type JobState } from '../job/job-state.ts'
import { checkInteger } from '../job/option-checks.ts'
import type { JobId, StoredJob } from '../job/stored-job.ts'
import { checkId } from './check-ids.ts'

/** Which jobs: those that fit every list that is given, each by one of its members. At least one must be given. */
export interface EraseFilter {
  readonly queues?: readonly string[]
  readonly types?: readonly string[]
  readonly states?: readonly JobState[]
  readonly tags?: readonly string[]
  readonly ids?: readonly JobId[]
}

export interface EraseOptions {
  /** Stops after so many jobs. Default: all of them. */
  readonly limit?: number
}

export interface Erased {
  /** Removed, with their history. */
  readonly removed: number
  /** Running jobs that were asked to stop. They are still there: erase again when they have. */
  readonly cancelRequested: number
}

const pageSize = 500

/** Walks the jobs page by page, newest first. Throws `InvalidOptionError`. */
export async function eraseJobs(
  driver: StorageDriver<never>,
  filter: EraseFilter,
  { limit = Number.MAX_SAFE_INTEGER }: EraseOptions,
): Promise<Erased> {
  checkInteger('limit', limit, { least: 1, most: Number.MAX_SAFE_INTEGER })
  checkFilter(filter)
  const total = { removed: 0, cancelRequested: 0 }
  for await (const page of pagesOf(driver, filter)) {
    const left = limit - total.removed - total.cancelRequested
    const fitting = page.filter((job) => fits(job, filter)).slice(0, left)
    const erased = await erase(driver, fitting)
    total.removed += erased.removed
    total.cancelRequested += erased.cancelRequested
    if (total.removed + total.cancelRequested >= limit) break
  }
  return total
}

/** An option that is misspelt, and thus ignored, would erase more than was meant. */
function checkFilter(filter: EraseFilter): void {
  const given = Object.entries(filter ?? {}).filter(([, members]) => members !== undefined)
  if (given.length === 0) throw new InvalidOptionError('filter', 'give queues, types, states, tags or ids')
  for (const [name, members] of given) {
    if (!filterNames.has(name)) throw new InvalidOptionError(name, 'is not a filter of erase')
    if (!Array.isArray(members) || members.some((member) => typeof member !== 'string'))
      throw new InvalidOptionError(name, 'must be an array of texts')
  }
  filter.ids?.forEach(checkId)
  const unknown = filter.states?.find((state) => !jobStates.includes(state))
  if (unknown !== undefined) throw new InvalidOptionError('states', `"${unknown}" is not a state`)
}
const filterNames = new Set(['queues', 'types', 'states', 'tags', 'ids'] satisfies (keyof EraseFilter)[] as string[])

async function* pagesOf(driver: StorageDriver<never>, filter: EraseFilter): AsyncGenerator<readonly StoredJob[]> {
  const { ids, tags: _tags, ...listed } = filter
  if (ids !== undefined) {
    const different = [...new Set(ids)]
    for (let start = 0; start < different.length; start += pageSize) {
      yield await driver.find({ ids: different.slice(start, start + pageSize) })
    }
    return
  }
  let after: string | undefined
  do {
    const page = await driver.list({ filter: listed, limit: pageSize, ...(after !== undefined && { after }) })
    yield page.jobs
    after = page.next
  } while (after !== undefined)
}

/** Not every page was filtered by storage, and no storage filters by tags. */
function fits(job: StoredJob, { queues, types, states, tags }: EraseFilter): boolean {
  return (
    (queues?.includes(job.queue) ?? true) &&
    (types?.includes(job.type) ?? true) &&
    (states?.includes(job.state) ?? true) &&
    (tags?.some((tag) => job.tags?.includes(tag)) ?? true)
  )
}

/** An ended job is never cancelled: one that a person reopened meanwhile is another story, and is left alone. */
async function erase(driver: StorageDriver<never>, jobs: readonly StoredJob[]): Promise<Erased> {
  const ended = jobs.filter(({ state }) => isEnded(state)).map(({ id }) => id)
  const standing = jobs.filter(({ state }) => !isEnded(state)).map(({ id }) => id)
  await driver.cancel({ ids: standing, reason: 'erased' })
  const verdicts = await driver.remove({ ids: [...standing, ...ended] })
  return {
    removed: verdicts.filter((verdict) => verdict === 'removed').length,
    cancelRequested: verdicts.slice(0, standing.length).filter((verdict) => verdict === 'not_ended').length,
  }
}
