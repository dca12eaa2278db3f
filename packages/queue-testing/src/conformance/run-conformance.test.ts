import { expect, it } from 'vitest'
import { memoryHarness } from './memory-harness.ts'
import { runConformance } from './run-conformance.ts'

it.each([
  ['an object', (skip: () => void) => ({ skip })],
  ['a function', (skip: () => void) => Object.assign(() => undefined, { skip })],
])('skips what cannot run here, with its reason, when the context of a test is %s', async (_kind, contextOf) => {
  const bodies = new Map<string, (...context: unknown[]) => Promise<void>>()
  runConformance(memoryHarness, {
    describe: (_title, body) => body(),
    it: (title, body) => bodies.set(title, body),
  })
  const skipped: unknown[] = []
  const context = contextOf((...reason: unknown[]) => void skipped.push(...reason))
  await bodies.get('told of what another driver dispatched')!(context)
  await bodies.get('cancelled while it waited, and while it ran')!(context)
  expect(skipped).toEqual(['memory has no fromOtherProcesses'])
})
