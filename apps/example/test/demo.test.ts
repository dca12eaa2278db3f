import { expect, it } from 'vitest'
import { runDemo } from './run-demo.ts'

/** Above the two minutes after which the demo gives up by itself. */
const timeout = 150_000

it.concurrent.for([
  ['SQLite', []],
  ['PostgreSQL', ['--postgres']],
] as const)('the demo comes out as it should on %s', { timeout }, async ([, args], { expect }) => {
  const { code, output } = await runDemo(args)
  expect(output).toContain('Everything came out as it should')
  expect(code, output).toBe(0)
})

it('says which options it has', async () => {
  const { code, output } = await runDemo(['--oracle'])
  expect(code).not.toBe(0)
  expect(output).toContain('--oracle')
})
