import type { JobId, JobRecord } from '@goplate/queue-core'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import sharp from 'sharp'
import { User } from '../../app/entities/user.ts'
import { expected } from './expected.ts'
import type { Folders } from '../world/folders.ts'
import type { Stage } from '../stage.ts'

/** Every job there is, oldest first, with its history. */
export async function allJobs({ app }: Stage): Promise<JobRecord[]> {
  const ids: JobId[] = []
  let after: string | undefined
  do {
    const page = await app.queue.list({ limit: 100, ...(after === undefined ? {} : { after }) })
    ids.push(...page.jobs.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  const jobs = await Promise.all(ids.reverse().map((id) => app.queue.find(id, { history: true })))
  return jobs.filter((job) => job !== undefined).sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

export async function users({ app }: Stage): Promise<string> {
  const found = await app.orm.em.fork().find(User, {}, { orderBy: { name: 'asc' } })
  return found.map(({ name, email }) => `${name} <${email}>`).join(', ')
}

export function strangersMail({ mail }: Stage): string {
  const known = new Set(Object.values(expected.jobs).map((job) => job.mail?.to))
  return listing([...mail.received.keys()].filter((address) => !known.has(address)))
}

export async function strangersImages({ images }: Folders): Promise<string> {
  const known = new Set(Object.values(expected.jobs).map((job) => job.image?.file))
  const entries = await readdir(images, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return listing(files.map((file) => relative(images, file)).filter((file) => !known.has(file)))
}

/** Says what is wrong with a processed image; undefined when it can be decoded, has its width and became smaller. */
export async function imageFault(
  folders: Folders,
  image: { file: string; width: number },
): Promise<string | undefined> {
  const file = join(folders.images, image.file)
  const photo = join(folders.photos, basename(file))
  try {
    const { info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
    if (info.width !== image.width) return `${image.file} is ${info.width} pixels wide, not ${image.width}`
    const [before, after] = await Promise.all([stat(photo), stat(file)])
    if (after.size >= before.size) return `${image.file} did not become smaller: ${before.size} → ${after.size} bytes`
    return undefined
  } catch (error) {
    return `${image.file}: ${(error as Error).message}`
  }
}

function listing(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...names].sort().join(', ')
}
