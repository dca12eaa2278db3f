import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The temporary directory of one run. */
export interface Folders {
  readonly root: string
  /** What the photo server serves. */
  readonly photos: string
  /** What the jobs write. */
  readonly images: string
  remove(): Promise<void>
}

export async function makeFolders(): Promise<Folders> {
  const root = await mkdtemp(join(tmpdir(), 'goplate-demo-'))
  const [photos, images] = [join(root, 'photos'), join(root, 'images')]
  await mkdir(photos)
  await mkdir(images)
  return { root, photos, images, remove: () => rm(root, { recursive: true, force: true }) }
}
