import { defineConfig } from 'vitest/config'

/** Loading the program anew for each file was half of the time a run took. */
const isolate = false

/** Against hanging, not against slowness: two cores may be shared with much else, and a second is soon over. */
const untilHanging = { poll: { timeout: 20_000 } }

/**
 * They are about processes: most start the program with a database of its own, or need none. Once is enough, on whichever
 * PostgreSQL the others run.
 */
const onTheirOwn = [
  'test/cli/{built-server,commands,dev,start,test-sso,trigger}.test.ts',
  'test/conformance/{sdk-journey,workos-openapi}.test.ts',
  'test/dashboard/front-end.test.ts',
  'test/db/{embedded,lock-folder}.test.ts',
  'test/e2e/*.test.ts',
  'test/fuzz/saml.test.ts',
  'test/guards/boundaries.test.ts',
  'test/kill/*.test.ts',
  'test/scim/simulated-dialogues.test.ts',
]

/** They are about other tests, which need nothing. */
const inMemory = ['test/guards/removed-checks.test.ts']

/** For tests that start servers. */
const server = {
  globalSetup: ['test/support/global-setup.ts'],
  // Against hanging, not against slowness: two cores may be shared with much else.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: untilHanging,
  maxWorkers: 2,
  isolate,
}

export default defineConfig({
  test: {
    // A failure is told whole where only its message is kept.
    chaiConfig: { truncateThreshold: 1000 },
    projects: [
      {
        test: {
          name: 'unit',
          include: [...inMemory, 'src/**/*.test.ts', 'web/**/*.test.ts', 'register/**/*.test.ts'],
          isolate,
        },
      },
      {
        test: {
          ...server,
          name: 'server', // each file has a database of its own
          include: ['test/**/*.test.ts'],
          exclude: [...onTheirOwn, ...inMemory],
        },
      },
      {
        test: {
          ...server,
          name: 'program',
          include: onTheirOwn,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/*.e2e.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: untilHanging,
          maxWorkers: 2,
        },
      },
    ],
  },
})
