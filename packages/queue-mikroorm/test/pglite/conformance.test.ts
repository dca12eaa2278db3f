import { runConformance } from '@goplate/queue-testing/conformance'
import { afterAll, describe, it } from 'vitest'
import { PgliteHarness } from './pglite-harness.ts'

const harness = new PgliteHarness()
afterAll(() => harness.close())

runConformance(harness, { describe, it })
