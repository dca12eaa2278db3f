import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from './packages.ts'
import { anchorsOf, brokenLinksOf } from './page-links.ts'

const docs = globSync('docs/*.md', { cwd: root }).sort()
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...globSync('packages/*/README.md', { cwd: root }),
  ...docs,
]

test.each(pages)('every link of %s leads to a file and an anchor that exist', (page) => {
  expect(brokenLinksOf(join(root, page))).toEqual([])
})

test('docs/README.md links every page beside it', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8')
  const others = docs.map((page) => basename(page)).filter((page) => page !== 'README.md')
  expect(others.filter((page) => !index.includes(`](${page})`))).toEqual([])
})

test('a link to a missing file or anchor is found, one to an anchor of a twin heading or out of code is fine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'links-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'other.md'), '# Retries: `maxAttempts`\n\n## Limits\n\n## Limits\n\n```sh\n# Code\n```\n')
  const good = '[a](other.md) [b](other.md#limits-1) [c](#here) [d](https://example.com/x) [e](other.md "title")'
  const bad = '[f](gone.md) [g](other.md#code) [h](#nowhere) [i](other.md#limits-2)'
  writeFileSync(join(folder, 'page.md'), `# Here\n\n${good}\n${bad}\n\n\`\`\`ts\nlist[0](gone)\n\`\`\`\n`)
  expect(brokenLinksOf(join(folder, 'page.md'))).toEqual(['gone.md', 'other.md#code', '#nowhere', 'other.md#limits-2'])
})

test('anchors are those of GitHub', () => {
  expect(anchorsOf('# Retries: `maxAttempts`, and more\n\n## [A link](x.md) & `snake_case`\n')).toEqual([
    'retries-maxattempts-and-more',
    'a-link--snake_case',
  ])
})
