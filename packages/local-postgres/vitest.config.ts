import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: '@goplate/local-postgres/vitest',
    hookTimeout: 60_000,
    testTimeout: 60_000,
  },
})
