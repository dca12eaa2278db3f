import type {} from '@goplate/local-postgres/vitest'
import { conformanceCases, runCase, runConformance, type DriverHarness } from '@goplate/queue-testing/conformance'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { MikroOrmCaller } from '../../src/postgresql.ts'
import { forgetfulHarness, PostgresHarness, type Enlisting } from './postgres-harness.ts'

describe.each(['explicit', 'ambient'] as const)('with %s transactions', (enlisting: Enlisting) => {
  let harness: PostgresHarness
  beforeAll(async () => {
    harness = await PostgresHarness.open(inject('postgresUrl'), enlisting)
  })
  afterAll(() => harness.close())

  runConformance({ name: `postgresql, ${enlisting}`, create: () => harness.create() }, { describe, it })
})

describe.skipIf(process.env.DATABASE_URL)('on a server that forgets', () => {
  let forgetful: { harness: DriverHarness<MikroOrmCaller>; close(): Promise<void> }
  beforeAll(async () => {
    forgetful = await forgetfulHarness()
  })
  afterAll(() => forgetful.close())

  it.each(conformanceCases.filter(({ needs }) => [needs ?? []].flat().includes('forget')))(
    '$name',
    { timeout: 60_000 },
    async (one) => {
      expect(await runCase(forgetful.harness, one)).toBeUndefined()
    },
  )
})
