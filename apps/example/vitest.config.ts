import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'short', include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/web/*.test.ts'] } },
      { test: { name: 'long', include: ['test/long/*.test.ts'] } },
    ],
  },
})
