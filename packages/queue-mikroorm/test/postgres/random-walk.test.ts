import type {} from '@goplate/local-postgres/vitest'
import { runRandomWalks } from '@goplate/queue-testing/conformance'
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { walks } from '../shared/walks.ts'
import { PostgresHarness } from './postgres-harness.ts'

let harness: PostgresHarness
beforeAll(async () => {
  harness = await PostgresHarness.open(inject('postgresUrl'), 'explicit')
})
afterAll(() => harness.close())

runRandomWalks({ name: 'postgresql', create: () => harness.create() }, { describe, it }, { seeds: walks })
