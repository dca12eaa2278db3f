import { runConformance } from '@goplate/queue-testing/conformance'
import { describe, it } from 'vitest'
import { libsqlHarness } from './libsql-harness.ts'

runConformance(libsqlHarness, { describe, it })
