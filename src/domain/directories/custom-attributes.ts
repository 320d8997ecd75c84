import type { DirectoryAttributeMap } from '#contracts/directories.ts'
import type { FieldError } from '#contracts/errors.ts'
import { bindElementFilter } from '#protocols/scim/bind.ts'
import { isObject, type Json, type JsonObject, ownMember, spelledName } from '#protocols/scim/json.ts'
import { matches } from '#protocols/scim/match.ts'
import { parsePath, type PatchPath } from '#protocols/scim/path.ts'
import { isExtensionName, resolve, userType } from '#protocols/scim/schema.ts'
import { Invalid } from '../errors.ts'
import { isAddress } from './address.ts'
import type { EffectiveAttributeMap } from './attribute-map.ts'

export const maxAttributes = 100

/** @throws Invalid `invalid_attribute_map` naming every entry that cannot be read. */
export function checkAttributeMap(map: DirectoryAttributeMap): void {
  const entries = Object.entries(map)
  const errors = entries.flatMap(([name, path]) => attributeErrors(`attribute_map.${name}`, name, path))
  if (entries.length > maxAttributes) errors.push(tooMany('attribute_map'))
  if (errors.length > 0) throw new Invalid(errors, 'invalid_attribute_map')
}

/** What is wrong with a custom attribute; nothing is wrong without a path. */
export function attributeErrors(field: string, name: string, path: string | null): FieldError[] {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name))
    return [
      {
        field,
        code: 'invalid_name',
        message: `'${name}' must be lower-case letters, digits and underscores, at most 64.`,
      },
    ]
  const parsed = path === null ? undefined : parsePath(path)
  return parsed?.ok === false ? [{ field, code: 'invalid_path', message: parsed.error.detail }] : []
}

export function tooMany(field: string): FieldError {
  return { field, code: 'too_many', message: `${maxAttributes} custom attributes are allowed.` }
}

/** Custom attributes of a person; one that the resource does not have is null. */
export function readCustomAttributes(resource: JsonObject, map: EffectiveAttributeMap): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(map).map(([name, text]) => {
      const path = text === null ? undefined : parsePath(text)
      const value = (path?.ok ? valueAt(resource, path.value) : undefined) ?? null
      return [name, name === 'manager_email' ? addressOnly(value) : value]
    }),
  )
}

/** SCIM's manager is the id of a resource in most directories. An attribute called an address must never hold one. */
function addressOnly(value: Json): Json {
  return typeof value === 'string' && isAddress(value) ? value : null
}

function valueAt(resource: JsonObject, path: PatchPath): Json | undefined {
  const target = resolve(userType, path.attribute, Object.keys(resource).filter(isExtensionName))
  if (!target || target.kind === 'resource') return undefined
  const holder = target.extension === undefined ? resource : named(resource, target.extension)
  if (target.kind === 'extension') return holder
  const value = named(holder, target.attribute.name)
  if (path.filter === undefined) return inside(value, target.sub?.name)
  const filter = bindElementFilter(path.filter, target.attribute)
  const [element] = filter.ok ? elementsOf(value).filter((each) => matches(filter.value, each)) : []
  return inside(element, path.sub)
}

/** The value, or what is called `sub` in it: in each of its elements, when it has several. */
function inside(value: Json | undefined, sub: string | undefined): Json | undefined {
  if (sub === undefined) return value
  if (!isList(value)) return named(value, sub)
  return value.map((each) => named(each, sub)).filter((each) => each !== undefined)
}

function named(value: Json | undefined, name: string): Json | undefined {
  if (value === undefined || !isObject(value)) return undefined
  const spelled = spelledName(value, name)
  return spelled === undefined ? undefined : ownMember(value, spelled)
}

function elementsOf(value: Json | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter((each): each is JsonObject => isObject(each)) : []
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
