import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

test('a process that has used a server ends with the exit code it chose', async () => {
  const program = `
    import { startPostgres } from '${new URL('../src/index.ts', import.meta.url).href}'
    const postgres = await startPostgres()
    await postgres.stop()
    process.exitCode = 3`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([3, null])
})
