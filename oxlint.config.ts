import { basename } from 'node:path'
import { defineConfig } from 'oxlint'

/** Which room may import which: an import of anything not named here fails. test/guards plants a violation of each. */
const rooms = {
  'src/contracts': [],
  'src/protocols': [],
  'src/db': ['contracts'],
  'src/domain': ['db', 'contracts', 'protocols'],
  'src/http': ['domain', 'db', 'contracts', 'protocols'],
  'src/jobs': ['domain', 'db', 'contracts'],
  'src/test-idp': ['protocols'],
  web: ['contracts'],
} as const

/** No room is deeper. A relative path that climbs out of its room is recognised by its length, hence the levels. */
const levels = [0, 1, 2, 3]

const typesAndChange = {
  group: ['\\#db/*', '!\\#db/work.ts', '!\\#db/unavailable.ts'],
  allowTypeImports: true,
  message: 'A door changes things through `change` and the domain; of the database it knows types only.',
}

const typeboxOnly = {
  group: ['*', '!typebox', '!typebox/*', '!./*', '!../*'],
  message: 'Contracts run in the browser too: typebox is all they may load.',
}

const nodeInputOutput = {
  regex:
    '^node:(?:fs|net|tls|https?|http2|dns|dgram|child_process|cluster|worker_threads|os|process|timers|perf_hooks)(?:/|$)',
  message: 'Protocol code is a function of what it is given: no files, no network, no clock.',
}

function importsOf(room: keyof typeof rooms, level: number, isTest: boolean) {
  const allowed: readonly string[] = rooms[room]
  const closed = [...Object.keys(rooms), 'src/cli']
    .map((path) => basename(path))
    .filter((name) => !allowed.includes(name))
  return [
    {
      regex: `^#(?:${closed.join('|')})/`,
      message: `${room} may import ${allowed.join(', ') || 'no other room'}; within a room, write ./.`,
    },
    { regex: `^(?:\\./)?(?:\\.\\./){${level + 1}}`, message: 'Write #room/… to reach another room.' },
    ...(room === 'src/http' ? [typesAndChange] : []),
    ...(room === 'src/contracts' && !isTest ? [typeboxOnly] : []),
    ...(room === 'src/protocols' && !isTest ? [nodeInputOutput] : []),
  ]
}

// Of overrides that set the same rule the last one counts, so each holds everything for its files.
const boundaries = Object.keys(rooms).flatMap((name) => {
  const room = name as keyof typeof rooms // Object.keys forgets the type
  return levels.flatMap((level) =>
    [false, true].map((isTest) => ({
      files: [`${room}/${'*/'.repeat(level)}*${isTest ? '.test' : ''}.{ts,tsx}`],
      rules: {
        'eslint/no-restricted-imports': ['error' as const, { patterns: importsOf(room, level, isTest) }] as const,
      },
    })),
  )
})

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'vitest', 'promise'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  env: { node: true, es2024: true },
  ignorePatterns: ['dist', 'coverage', '.gatehouse', 'src/db/schema.gen.ts'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': 'error',
    // A cast is allowed where a comment says why it holds, which no linter can judge.
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    // pg has a default export and named ones; Node can only load the first.
    'import/no-named-as-default-member': 'off',
    'promise/always-return': 'off',
    // Kysely's helpers and our own results are taken apart; none of them uses `this`.
    'typescript/unbound-method': 'off',
    // TypeScript's noImplicitReturns knows which functions return nothing.
    'typescript/consistent-return': 'off',
    'eslint/no-shadow': 'off',
    // Does not see what callbacks change.
    'eslint/no-unmodified-loop-condition': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // Long argument lists are written in groups.
    'unicorn/no-useless-spread': 'off',
    // A message says which row of a table failed.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    // Tables have rows that differ; a test that could pass without asserting is what expect-expect is for.
    'vitest/no-conditional-expect': 'off',
    'vitest/no-conditional-tests': 'off',
    // Refusing control characters is what several patterns are for.
    'eslint/no-control-regex': 'off',
    'vitest/no-standalone-expect': ['error', { additionalTestBlockFunctions: ['beforeEach', 'afterEach', 'afterAll'] }],
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
  },
  overrides: [
    // config.ts turns the environment into typed values; read anywhere else, a variable is undocumented and unchecked.
    { files: ['src/**/*.ts', 'web/**/*.{ts,tsx}'], rules: { 'node/no-process-env': 'error' } },
    { files: ['src/config.ts'], rules: { 'node/no-process-env': 'off' } },
    { files: ['test/**/*.ts', '**/*.test.ts'], rules: { 'typescript/require-array-sort-compare': 'off' } },
    // Its tables are ranges of code points, as the XML recommendation lists them.
    { files: ['src/protocols/xml/characters.ts'], rules: { 'eslint/no-misleading-character-class': 'off' } },
    // Tools insist on a default export for their configuration, and Next.js for its pages.
    {
      files: ['*.config.{ts,js,mjs}', 'test/support/global-setup.ts', 'examples/nextjs-authkit/src/**/*.{ts,tsx}'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      files: ['src/protocols/**/*.ts'],
      excludeFiles: ['**/*.test.ts'],
      rules: {
        'eslint/no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'console'],
        'eslint/no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Take `now` as a parameter.' },
        ],
      },
    },
    {
      // Customers write these against the published SDK; they must work without our source.
      files: ['register/**/*', 'examples/**/*'],
      rules: {
        'eslint/no-restricted-imports': [
          'error',
          { patterns: [{ regex: '^#|(?:^|/)src/', message: 'What customers run imports nothing of src.' }] },
        ],
      },
    },
    ...boundaries,
  ],
})
