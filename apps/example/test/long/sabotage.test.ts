import { it } from 'vitest'
import { runDemo } from '../run-demo.ts'

const timeout = 150_000

it.concurrent.for([
  { args: [], sabotage: 'retry', notices: ['history', 'expected retried → finished', 'found    failed'] },
  { args: ['--postgres'], sabotage: 'retry', notices: ['history', 'expected retried → finished', 'found    failed'] },
])('the demo notices that a retry is skipped: %o', { timeout }, async ({ args, sabotage, notices }, { expect }) => {
  const { code, output } = await runDemo(args, { GOPLATE_DEMO_SABOTAGE: sabotage })
  for (const notice of notices) expect(output).toContain(notice)
  expect(code, output).toBe(1)
})

it.concurrent.for([
  { args: [], sabotage: 'fence' },
  { args: ['--postgres'], sabotage: 'fence' },
])('the demo notices that a lost claim decides: %o', { timeout }, async ({ args, sabotage }, { expect }) => {
  const { code, output } = await runDemo(args, { GOPLATE_DEMO_SABOTAGE: sabotage })
  expect(output).toContain('✗ e-mail of the sleeper: state\n      expected finished\n      found    failed')
  expect(output).toContain('✗ late outcome of the stopped worker\n      expected job:lost\n      found    job:failed')
  expect(code, output).toBe(1)
})
