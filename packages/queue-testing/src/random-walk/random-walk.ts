import { memoryDriver } from '@goplate/queue-core/memory'
import type { DriverHarness } from '../conformance/driver-harness.ts'
import type { TestRunner } from '../conformance/run-conformance.ts'
import { seededRandom } from '../seeded-random.ts'
import { Choices } from './choices.ts'
import { TwoDrivers } from './two-drivers.ts'
import { Walker } from './walker.ts'

export interface RandomWalkOptions {
  /** Which walks; each is the same in every run. */
  readonly seeds: readonly number[]
  /** Requests of one walk. Default 150. */
  readonly steps?: number
}

/**
 * Registers one test per seed: random requests, legal but without sense, to the driver and to the memory driver, whose
 * replies and jobs must be the same all the way. It finds what nobody thought of writing a case for.
 */
export function runRandomWalks<Caller extends object>(
  harness: DriverHarness<Caller>,
  { describe, it }: TestRunner,
  options: RandomWalkOptions,
): void {
  describe(`${harness.name} agrees with the memory driver`, () => {
    for (const seed of options.seeds) it(`on random walk ${seed}`, () => walk(harness, seed, options.steps ?? 150))
  })
}

/** Throws the first difference, with the number of the step and the request in its message. */
export async function walk<Caller extends object>(
  harness: DriverHarness<Caller>,
  seed: number,
  steps: number,
): Promise<void> {
  const under = await harness.create()
  try {
    const walker = new Walker(new TwoDrivers(memoryDriver(), under.driver), new Choices(seededRandom(seed)))
    for (let step = 1; step <= steps; step++) await walker.step(`walk ${seed}, step ${step}`)
  } finally {
    await under.driver.close().finally(() => under.dispose())
  }
}
