import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'short',
          include: ['src/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'long', include: ['test/long/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 } },
    ],
  },
})
