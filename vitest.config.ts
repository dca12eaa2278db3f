import { defineConfig } from 'vitest/config'

/** The repository's own tests; each package has its own configuration. */
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'tooling', include: ['test/tooling/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          globalSetup: './test/packaging/pack.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // The long tier: not part of `pnpm test`.
        test: {
          name: 'rehearsal',
          include: ['test/rehearsal/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
