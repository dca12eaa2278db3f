import type {} from '@goplate/local-postgres/vitest'
import { conformanceCases, runCase, runConformance } from '@goplate/queue-testing/conformance'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { forgetfulHarness, PostgresHarness, type Enlisting } from './postgres-harness.ts'

describe.each(['explicit', 'ambient'] as const)('with %s transactions', (enlisting: Enlisting) => {
  let harness: PostgresHarness
  beforeAll(async () => {
    harness = await PostgresHarness.open(inject('postgresUrl'), enlisting)
  })
  afterAll(() => harness.close())

  runConformance({ name: `postgresql, ${enlisting}`, create: () => harness.create() }, { describe, it })
})

describe('with no more than a transaction pooler keeps', () => {
  let harness: PostgresHarness
  beforeAll(async () => {
    harness = await PostgresHarness.open(inject('postgresUrl'), 'ambient', { prepare: false })
  })
  afterAll(() => harness.close())

  runConformance({ name: 'postgresql, prepare: false', create: () => harness.create() }, { describe, it })
})

describe('on a server that forgets', () => {
  let forgetful: Awaited<ReturnType<typeof forgetfulHarness>>
  beforeAll(async () => {
    forgetful = await forgetfulHarness()
  })
  afterAll(() => forgetful?.close())
  beforeEach(({ skip }) => skip(forgetful === undefined, 'DATABASE_URL names a server that is not ours to stop'))

  it.each(conformanceCases.filter(({ needs }) => [needs ?? []].flat().includes('forget')))(
    '$name',
    { timeout: 60_000 },
    async (one) => {
      expect(await runCase(forgetful!.harness, one)).toBeUndefined()
    },
  )
})
