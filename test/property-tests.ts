import { configureGlobal } from 'fast-check'

/**
 * How long the tests look: `pnpm test` takes one seed of everything, `pnpm test:long` twenty. A property is tried a
 * hundred times per seed; tests that draw their own numbers run from seed 1 to this one.
 */
const seeds = Number(process.env.GOPLATE_TEST_SEEDS ?? 1)

configureGlobal({ numRuns: 100 * seeds })
