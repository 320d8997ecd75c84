import { defineConfig } from 'vitest/config'

/** Loading the program anew for each file was half of the time a run took. */
const isolate = false

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'register/**/*.test.ts'],
          isolate,
        },
      },
      {
        test: {
          name: 'server',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // Against hanging, not against slowness: two cores may be shared with much else.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          isolate, // each file has a database of its own
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/*.e2e.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
