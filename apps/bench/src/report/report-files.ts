import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Results } from '../results.ts'
import { committedPage, htmlPage } from './html-page.ts'
import { picture } from './picture.ts'
import { pictures } from './plot-columns.ts'
import { readmeSection, withSection } from './readme-section.ts'
import { markdownReport } from './text-report.ts'

/** Everything the repository shows of a run, into its tree at `root`. Returns what it wrote, for people. */
export async function writeReport(results: Results, root: string): Promise<string[]> {
  const folder = join(root, 'docs/bench')
  await mkdir(folder, { recursive: true })
  await mkdir(join(root, 'docs/pictures'), { recursive: true })
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const files: Record<string, string | undefined> = {
    'docs/bench/results.json': `${JSON.stringify(results, null, 2)}\n`,
    'docs/bench/README.md': markdownReport(results),
    'docs/bench/index.html': committedPage(results),
    'README.md': withSection(readme, readmeSection(results)),
  }
  for (const one of pictures) files[`docs/pictures/${one.file}`] = picture(results, one)
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) await rm(join(root, path), { force: true })
    else await writeFile(join(root, path), content)
  }
  return Object.keys(files).filter((path) => files[path] !== undefined)
}

/** Where a page goes that is too large for git: beside the results it shows. */
export async function writeLargePage(results: Results, resultsFile: string): Promise<string | undefined> {
  if (committedPage(results) !== undefined) return undefined
  const path = resultsFile.replace(/(\.json)?$/, '.html')
  await writeFile(path, htmlPage(results))
  return path
}
