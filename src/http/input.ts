import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { FieldError } from '#contracts/errors.ts'
import { BadRequest, Invalid } from '#domain/errors.ts'

const compiled = new WeakMap<TSchema, Validator>()

function validatorOf(schema: TSchema): Validator {
  const known = compiled.get(schema)
  if (known) return known
  const validator = Compile(schema)
  compiled.set(schema, validator)
  return validator
}

/** Deeper than any body of ours; the functions that walk values call themselves once a level. */
const maxNesting = 100

/** @throws BadRequest for a value nested too deep to be walked. */
export function checkNesting(body: unknown): void {
  let level: unknown[] = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxNesting)
      throw new BadRequest(`The body is nested deeper than ${maxNesting} levels.`, 'body_nested_too_deep')
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
}

/** Checks a body exactly as it came: nothing is coerced, nothing removed, unknown fields are ignored. */
export function checkBody(schema: TSchema, body: unknown): unknown {
  return check(schema, checkText(body ?? {}))
}

/**
 * Checks a query string against its schema, reading text as the schema's types: integers, booleans, and arrays that come
 * comma-joined, with blanks or without, repeated or with `[]`. Empty values and, as old SDKs send them, the text `null`
 * count as absent.
 */
export function checkQuery(schema: TSchema, query: URLSearchParams): unknown {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties ?? {}
  const value: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    const texts = [...query.getAll(name), ...query.getAll(`${name}[]`)].filter((text) => text !== '' && text !== 'null')
    if (texts.length > 0) value[name] = read(property, texts)
  }
  return check(schema, checkText(value))
}

/** Refuses text no column can hold, wherever it hides in the value. */
export function checkText<T>(value: T): T {
  const broken = unstorable(value, '')
  if (broken) throw new Invalid([broken])
  return value
}

function read(property: TSchema, texts: string[]): unknown {
  const type = (property as { type?: string }).type
  const last = texts.at(-1) ?? ''
  if (type === 'array')
    return texts
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '')
  if (type === 'integer') return /^-?\d{1,9}$/.test(last) ? Number(last) : last
  if (type === 'boolean') return last === 'true' ? true : last === 'false' ? false : last
  return last
}

function check(schema: TSchema, value: unknown): unknown {
  const validator = validatorOf(schema)
  if (validator.Check(value)) return value
  throw new Invalid(fieldErrors(schema, validator, value))
}

function fieldErrors(schema: TSchema, validator: Validator, value: unknown): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  const add = (field: string, text: string, message?: string) => {
    if (seen.has(field)) return
    seen.add(field)
    errors.push({ field, code: field === '' ? text : `${field} ${text}`, ...(message !== undefined && { message }) })
  }
  const found = validator.Errors(value)
  for (const error of found) {
    const field = error.instancePath.slice(1).replaceAll('/', '.')
    if (error.keyword === 'required') {
      const { requiredProperties } = error.params
      for (const name of requiredProperties) add(field === '' ? name : `${field}.${name}`, 'is required')
    } else if (error.keyword === 'additionalProperties') {
      const { additionalProperties } = error.params
      for (const name of additionalProperties) add(field === '' ? name : `${field}.${name}`, 'is not a known field')
    } else if (error.keyword === 'const') {
      // Of a choice each value is an error of its own.
      const allowed = found.flatMap(({ instancePath, keyword, params }) =>
        keyword === 'const' && instancePath === error.instancePath ? `'${String(params.allowedValue)}'` : [],
      )
      add(field, `must be ${allowed.join(' or ')}`, describedAt(schema, error.schemaPath))
    } else if (error.keyword !== 'boolean') add(field, error.message)
  }
  return errors
}

/** What a contract says of a value, which whoever sent another one is told. */
function describedAt(schema: TSchema, path: string): string | undefined {
  let at: unknown = schema
  for (const name of path.split('/').slice(1)) at = (at as Record<string, unknown> | undefined)?.[name]
  const { description } = (at ?? {}) as { description?: unknown } // any schema may lack it
  return typeof description === 'string' ? description : undefined
}

/** PostgreSQL text cannot hold NUL, nor its JSON a lone surrogate: a sentence is better than a failed statement. */
function unstorable(value: unknown, path: string): FieldError | undefined {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed()
      ? { field: path, code: `${path || 'value'} contains characters that are not text` }
      : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    const broken = unstorable(key, path) ?? unstorable(item, path === '' ? key : `${path}.${key}`)
    if (broken) return broken
  }
  return undefined
}
