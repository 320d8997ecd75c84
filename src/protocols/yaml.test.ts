import { describe, expect, test } from 'vitest'
import { readYaml } from './yaml.ts'

const text = `port: 1
base: &base
  name: Acme
organizations:
  - id: org_1
    domains: [a.test,
      b.test]
  - *base
`

describe('where things stand', () => {
  const file = readYaml(text)
  test.each([
    [['port'], 1],
    [['base', 'name'], 3],
    [['organizations'], 4],
    [['organizations', 0], 5],
    [['organizations', 0, 'domains'], 6],
    [['organizations', 0, 'domains', 1], 7],
    [['organizations', 1], 8],
    [['organizations', 1, 'name'], 3],
    [['organizations', 0, 'missing', 'deeper'], 5],
    [[], 1],
  ] as const)('%j is on line %i', (path, line) => {
    expect(file.ok && file.value.lineOf(path)).toBe(line)
  })
})

test.each([
  ['YAML', 'a: 1\nb: [x]\n', { a: 1, b: ['x'] }],
  ['JSON', '{"a": 1,\n "b": ["x"]}', { a: 1, b: ['x'] }],
  ['nothing', '', null],
])('reads %s', (_what, source, value) => {
  const file = readYaml(source)
  expect(file.ok && file.value.value).toEqual(value)
})

test.each([
  ['a repeated key', 'a: 1\nb: 2\na: 3\n', { line: 3, message: expect.stringMatching(/unique/) }],
  ['an open bracket', '{"a": 1,\n', { line: 2, message: expect.any(String) }],
])('names the line of %s', (_what, source, error) => {
  expect(readYaml(source)).toEqual({ ok: false, error })
})
