import { runConformance } from '@goplate/queue-testing/conformance'
import { describe, it } from 'vitest'
import { fileHarness, memoryDatabaseHarness } from './sqlite-harness.ts'

runConformance(fileHarness('explicit'), { describe, it })
runConformance(fileHarness('ambient'), { describe, it })
runConformance(memoryDatabaseHarness(), { describe, it })
