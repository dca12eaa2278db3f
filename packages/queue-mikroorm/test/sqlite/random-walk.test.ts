import { runRandomWalks } from '@goplate/queue-testing/conformance'
import { describe, it } from 'vitest'
import { walks } from '../shared/walks.ts'
import { memoryDatabaseHarness } from './sqlite-harness.ts'

runRandomWalks(memoryDatabaseHarness(), { describe, it }, { seeds: walks })
