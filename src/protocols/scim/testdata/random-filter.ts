import type { Filter, Literal, Operator } from '../filter.ts'
import type { AttributePath } from '../schema.ts'
import { enterpriseUserUrn, userUrn } from '../user-schema.ts'
import type { Random } from './random.ts'

/** Few texts, so that values and operands meet; with letters whose case, order or escaping goes wrong easily. */
export const texts = [
  'ann',
  'Ann',
  'ANN@corp.example',
  'ann@corp.example',
  'Ä',
  'ä',
  'ΟΔΟΣ',
  'οδος',
  'οδοσα',
  'ẞ',
  'İ',
  '100%',
  '100_',
  '1000',
  'a\\b',
  'a"b',
  "a'b",
  '\uE000',
  '😀',
  'work',
  'Work',
  'home',
  '',
] as const

export const undeclaredUrn = 'urn:example:scim:schemas:extension:2.0:User'

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
const times = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-06-01T12:30:00.250Z',
  '2026-06-01T12:30:00Z',
] as const

interface Kind {
  readonly paths: readonly [AttributePath, ...AttributePath[]]
  readonly operators: readonly [Operator, ...Operator[]]
  literal(random: Random): Literal
}

const textPaths: readonly [AttributePath, ...AttributePath[]] = [
  { name: 'userName' },
  { name: 'USERNAME' },
  { urn: userUrn, name: 'userName' },
  { name: 'id' },
  { name: 'externalId' },
  { name: 'displayName' },
  { name: 'title' },
  { name: 'name', sub: 'familyName' },
  { name: 'emails' },
  { name: 'emails', sub: 'value' },
  { name: 'emails', sub: 'type' },
  { name: 'roles', sub: 'value' },
  { name: 'schemas' },
  { name: 'groups', sub: 'value' },
  { name: 'groups', sub: 'display' },
  { name: 'groups' },
  { urn: enterpriseUserUrn, name: 'department' },
  { urn: enterpriseUserUrn, name: 'manager' },
  { urn: enterpriseUserUrn, name: 'manager', sub: 'value' },
  { urn: undeclaredUrn, name: 'costCode' },
  { urn: undeclaredUrn, name: 'COSTCODE' },
  { urn: undeclaredUrn, name: 'parts', sub: 'label' },
  { name: 'favourite' },
  { name: 'constructor' },
]

const kinds: readonly [Kind, ...Kind[]] = [
  { paths: textPaths, operators, literal: (random) => random.pick(texts) },
  { paths: textPaths, operators, literal: (random) => random.pick(texts) },
  { paths: textPaths, operators: ['eq', 'ne'], literal: (random) => random.pick([null, 7, 1000]) },
  {
    paths: [{ name: 'active' }, { name: 'emails', sub: 'primary' }],
    operators: ['eq', 'ne'],
    literal: (random) => random.pick([true, false, null, 'True', 'False']),
  },
  {
    paths: [
      { name: 'meta', sub: 'created' },
      { name: 'meta', sub: 'lastModified' },
    ],
    operators: ['eq', 'ne', 'gt', 'ge', 'lt', 'le'],
    literal: (random) => random.pick(times),
  },
  {
    paths: [{ name: 'favourite' }, { urn: undeclaredUrn, name: 'parts', sub: 'count' }],
    operators: ['eq', 'ne', 'gt', 'le'],
    literal: (random) => random.pick([0, 1, 2.5, -1, 1e21]),
  },
  {
    paths: [{ name: 'favourite' }, { urn: undeclaredUrn, name: 'flag' }],
    operators: ['eq', 'ne'],
    literal: (random) => random.pick([true, false]),
  },
]

const presentPaths: readonly [AttributePath, ...AttributePath[]] = [
  ...textPaths,
  { name: 'name' },
  { name: 'active' },
  { name: 'addresses' },
  { name: 'meta', sub: 'created' },
  { name: 'emails', sub: 'primary' },
  { urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0', name: 'User' },
  { urn: undeclaredUrn, name: 'parts' },
  { urn: 'urn:ietf:params:scim:schemas:core:2.0:Group', name: 'displayName' },
]

const elementPaths = ['emails', 'roles', 'addresses', 'groups'] as const

/** A filter as parsing returns it: chains flat, and each of at least two. */
export function randomFilter(random: Random, depth = 3): Filter {
  const choice = random.below(depth > 0 ? 8 : 4)
  if (choice < 2) return randomComparison(random)
  if (choice === 2) return { kind: 'present', path: random.pick(presentPaths) }
  if (choice === 3) return randomElements(random)
  if (choice === 4) return { kind: 'not', filter: randomFilter(random, depth - 1) }
  return chain(random.pick(['and', 'or']), () => randomFilter(random, depth - 1))
}

function chain(kind: 'and' | 'or', operand: () => Filter): Filter {
  const operands = [operand(), operand()]
  return { kind, filters: operands.flatMap((each) => (each.kind === kind ? each.filters : [each])) }
}

function randomComparison(random: Random): Filter {
  const kind = random.pick(kinds)
  return {
    kind: 'compare',
    path: random.pick(kind.paths),
    operator: random.pick(kind.operators),
    value: kind.literal(random),
  }
}

function randomElements(random: Random): Filter {
  return { kind: 'elements', path: { name: random.pick(elementPaths) }, filter: elementFilter(random, 2) }
}

function elementFilter(random: Random, depth: number): Filter {
  const choice = random.below(depth > 0 ? 6 : 3)
  if (choice === 0) return { kind: 'present', path: { name: random.pick(['value', 'type', 'primary', 'extra']) } }
  if (choice === 1) {
    return {
      kind: 'compare',
      path: { name: 'primary' },
      operator: random.pick(['eq', 'ne']),
      value: random.chance(0.5),
    }
  }
  if (choice === 2) {
    const path = { name: random.pick(['value', 'type', 'display', 'extra']) }
    return { kind: 'compare', path, operator: random.pick(operators), value: random.pick(texts) }
  }
  if (choice === 3) return { kind: 'not', filter: elementFilter(random, depth - 1) }
  return chain(random.pick(['and', 'or']), () => elementFilter(random, depth - 1))
}
