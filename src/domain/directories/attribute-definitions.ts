import type { DirectoryAttribute, DirectoryAttributeInput } from '#contracts/directory-attributes.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Page } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { Invalid, NotFound } from '../errors.ts'
import { predefinedAttributes } from './attribute-map.ts'
import { attributeErrors, maxAttributes, tooMany } from './custom-attributes.ts'
import { unsettle } from './settle.ts'

interface Definition {
  readonly name: string
  readonly path: string | null
  readonly description: string | null
}

export async function listAttributes(db: Database, environment: EnvironmentId): Promise<Page<DirectoryAttribute>> {
  const defined = await db.kysely
    .selectFrom('directory_attributes')
    .select(['name', 'path', 'description'])
    .where('environment_id', '=', environment)
    .execute()
  const names = new Set(defined.map(({ name }) => name))
  const offered = [...predefinedAttributes].filter(([name]) => !names.has(name))
  const all = [
    ...defined.map((definition) => present(definition, true)),
    ...offered.map(([name, { path, description }]) => present({ name, path, description }, false)),
  ]
  return {
    object: 'list',
    data: all.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    list_metadata: { before: null, after: null },
  }
}

/**
 * Defines an attribute, or defines it anew. People are settled afterwards, see settlePeople.
 * @throws Invalid `invalid_directory_attribute` for a name or a path that cannot be.
 */
export async function setAttribute(
  work: Work,
  name: string,
  input: DirectoryAttributeInput,
): Promise<DirectoryAttribute> {
  const predefined = predefinedAttributes.get(name)
  const path = input.path === undefined ? (predefined?.path ?? null) : input.path
  const description = input.description === undefined ? (predefined?.description ?? null) : input.description
  const errors = attributeErrors('path', name, path)
  if (errors.length > 0) throw new Invalid(errors, 'invalid_directory_attribute')
  await unsettle(work, 'everything')
  await work.tx
    .insertInto('directory_attributes')
    .values({ environment_id: work.environment, name, path, description, created_at: work.now, updated_at: work.now })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'name']).doUpdateSet({ path, description, updated_at: work.now }),
    )
    .execute()
  const { count } = await work.tx
    .selectFrom('directory_attributes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('environment_id', '=', work.environment)
    .executeTakeFirstOrThrow()
  if (count > maxAttributes) throw new Invalid([tooMany('name')], 'invalid_directory_attribute')
  return present({ name, path, description }, true)
}

/** People lose the attribute when they are settled; where a directory maps it itself they keep it. */
export async function removeAttribute(work: Work, name: string): Promise<void> {
  await unsettle(work, 'everything')
  const { numDeletedRows } = await work.tx
    .deleteFrom('directory_attributes')
    .where('environment_id', '=', work.environment)
    .where('name', '=', name)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('Directory Attribute', name)
}

function present(definition: Definition, enabled: boolean): DirectoryAttribute {
  const { name, path, description } = definition
  return { object: 'directory_attribute', name, path, description, predefined: predefinedAttributes.has(name), enabled }
}
