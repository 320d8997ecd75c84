/** An OpenAPI document, or a part of one, as it was parsed. */
export type Node = { readonly [key: string]: unknown }

/** What a schema says about one field. */
export interface Field {
  /** The field is there whenever the object around it is. */
  readonly required: boolean
  readonly nullable: boolean
  /** `string`, `number`, `boolean`, `object`, `array`; undefined when anything goes. */
  readonly type: string | undefined
  /** The only values it can have, when they are listed. */
  readonly values: ReadonlySet<string> | undefined
}

/** Field by path: `domains[].state`, `metadata.*`. */
export type Fields = ReadonlyMap<string, Field>

const deepest = 6

/** The fields of a schema, with references followed and alternatives laid over each other. */
export function fieldsOf(document: Node, schema: unknown): Map<string, Field> {
  const fields = new Map<string, Field>()
  collect(document, schema, '', fields, 0)
  return fields
}

/** Follows a `$ref` to where it leads. */
export function resolve(document: Node, value: unknown): Node {
  let node = asNode(value)
  while (typeof node['$ref'] === 'string')
    node = asNode(
      node['$ref']
        .slice(2)
        .split('/')
        .reduce<unknown>((part, name) => asNode(part)[name], document),
    )
  return node
}

export function asNode(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {} // an object has string keys
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function collect(document: Node, schema: unknown, path: string, fields: Map<string, Field>, depth: number): void {
  if (depth > deepest) return
  const node = resolve(document, schema)
  for (const part of asList(node['allOf'])) collect(document, part, path, fields, depth)
  collectAlternatives(document, [...asList(node['oneOf']), ...asList(node['anyOf'])], path, fields, depth)

  const required = new Set(asList(node['required']))
  for (const [name, property] of Object.entries(asNode(node['properties']))) {
    const at = path === '' ? name : `${path}.${name}`
    fields.set(at, { required: required.has(name), ...valuesOf(document, property) })
    collect(document, property, at, fields, depth + 1)
  }
  if (node['items'] !== undefined) collectUnnamed(document, node['items'], `${path}[]`, fields, depth)
  if (typeof node['additionalProperties'] === 'object')
    collectUnnamed(document, node['additionalProperties'], path === '' ? '*' : `${path}.*`, fields, depth)
}

function collectUnnamed(document: Node, schema: unknown, at: string, fields: Map<string, Field>, depth: number): void {
  fields.set(at, { required: true, ...valuesOf(document, schema) })
  collect(document, schema, at, fields, depth + 1)
}

/** A field is certain when every alternative has it; what null allows is said by valuesOf. */
function collectAlternatives(
  document: Node,
  alternatives: readonly unknown[],
  path: string,
  fields: Map<string, Field>,
  depth: number,
): void {
  const shapes = alternatives.filter((shape) => !isNull(resolve(document, shape)))
  const maps = shapes.map((shape) => {
    const own = new Map<string, Field>()
    collect(document, shape, path, own, depth)
    return own
  })
  for (const name of new Set(maps.flatMap((map) => [...map.keys()]))) {
    const found = maps.flatMap((map) => map.get(name) ?? [])
    const listed = found.flatMap((field) => field.values ?? [])
    fields.set(name, {
      required: found.length === maps.length && found.every((field) => field.required),
      nullable: found.some((field) => field.nullable),
      type: found.every((field) => field.type === found[0]?.type) ? found[0]?.type : undefined,
      values: listed.length === found.length ? new Set(listed.flatMap((values) => [...values])) : undefined,
    })
  }
}

function valuesOf(document: Node, schema: unknown): Omit<Field, 'required'> {
  const node = resolve(document, schema)
  const alternatives = [...asList(node['oneOf']), ...asList(node['anyOf'])].map((part) => resolve(document, part))
  const inner = alternatives.find((part) => !isNull(part)) ?? node
  const listed = 'const' in inner ? [inner['const']] : inner['enum']
  return {
    type: typeOf(inner, asList(listed)),
    nullable: isNull(node) || alternatives.some(isNull) || asList(listed).includes(null),
    values:
      listed === undefined
        ? undefined
        : new Set(
            asList(listed)
              .filter((value) => value !== null)
              .map(String),
          ),
  }
}

function typeOf(node: Node, listed: readonly unknown[]): string | undefined {
  const named = [node['type']].flat().find((type) => typeof type === 'string' && type !== 'null')
  if (named === 'integer') return 'number'
  if (typeof named === 'string') return named
  if ('properties' in node || 'allOf' in node) return 'object'
  return listed.length > 0 ? typeof listed[0] : undefined
}

function isNull(node: Node): boolean {
  return node['type'] === 'null' || asList(node['type']).includes('null')
}
