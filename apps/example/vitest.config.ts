import { defineConfig } from 'vitest/config'

// No test sleeps; a busy machine is no defect.
const patience = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'short', include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/web/*.test.ts'], ...patience } },
      { test: { name: 'long', include: ['test/long/*.test.ts'], ...patience } },
    ],
  },
})
