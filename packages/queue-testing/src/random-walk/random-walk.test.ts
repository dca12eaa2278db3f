import { describe, expect, it } from 'vitest'
import { memoryHarness } from '../conformance/memory-harness.ts'
import { faults } from '../faults/index.ts'
import { runRandomWalks, walk } from './random-walk.ts'

const seeds = Array.from({ length: 20 }, (_, seed) => seed)

/** Two memory databases: no step of a walk may depend on anything but its seed. */
runRandomWalks(memoryHarness, { describe, it }, { seeds })

describe('a random walk finds that a driver', () => {
  it.each([
    'takes one limit for all queues',
    'tells of one job of a lease only',
    'lets every job survive one crash',
    'keeps the key of a job that failed as crashed',
    'merges the times of a type into the general ones',
    'lets a late result revise a crash',
    'sends what was released to the end of the line',
    'leaves an empty history out',
    'drops the result and the error of an attempt that a cancel overruled',
    'keeps the first progress',
    'appends every line it is told',
    'starts every page at the first line',
    'pauses for ever',
    'takes a type for a queue',
    'expires a second early',
    'leaves the key with the expired job',
  ])('%s', async (defect) => {
    const { harness } = faults.find((fault) => fault.defect === defect)!
    await expect(walkAll(harness)).rejects.toThrow(/walk \d+, step \d+, \w+: /)
  })
})

async function walkAll(harness: Parameters<typeof walk>[0]): Promise<void> {
  for (const seed of seeds) await walk(harness, seed, 150)
}
