import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { apiReport } from './api-report.ts'
import { publicPackages, root } from './packages.ts'

const packed = inject('packed')

describe.each(publicPackages())('the public API of $name', ({ name, publishConfig }) => {
  const { directory } = packed[name]!

  test('is what docs/api says; after a change that is meant: pnpm api:update', async () => {
    const sections = Object.entries(publishConfig.exports).flatMap(([entry, files]) => {
      if (typeof files === 'string') return []
      const specifier = join(name, entry)
      return [`## ${specifier}\n\n\`\`\`ts\n${apiReport({ specifier, types: files.types, directory })}\n\`\`\`\n`]
    })
    const report = `# The public API of ${name}\n\nWritten by \`pnpm api:update\`, checked by the tests.\n\n${sections.join('\n')}`
    await expect(report).toMatchFileSnapshot(join(root, `docs/api/${name.split('/')[1]}.api.md`))
  })
})
