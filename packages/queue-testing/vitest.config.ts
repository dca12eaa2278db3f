import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['../../test/property-tests.ts'],
    testTimeout: 60_000, // no test sleeps; a busy machine is no defect
  },
})
