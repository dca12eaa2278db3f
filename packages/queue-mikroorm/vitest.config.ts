import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['../../test/property-tests.ts'],
    globalSetup: '@goplate/local-postgres/vitest',
    hookTimeout: 60_000,
  },
})
