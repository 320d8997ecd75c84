import { randomBytes } from 'node:crypto'
import type {
  ConfiguredDirectory,
  CreatedDirectory,
  DirectoryCreate,
  DirectoryType,
  DirectoryUpdate,
} from '#contracts/directories.ts'
import type { DirectoryId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { differs } from '../differs.ts'
import { Invalid } from '../errors.ts'
import { holdOrganization } from '../organizations/read.ts'
import { checkAttributeMap } from './custom-attributes.ts'
import { presentConfigured, presentDeleted } from './present.ts'
import { readDirectoryRow } from './read.ts'
import { unsettle } from './settle.ts'
import { createToken } from './tokens.ts'

const endpointSuffix = 'scim v2.0'

/**
 * Creates a directory with its SCIM endpoint, which is final, and unless told otherwise a token for it. It is linked when
 * the identity provider first calls.
 * @throws NotFound without the organization; Invalid for a type that is pulled and not pushed, or a map that cannot be read.
 */
export async function createDirectory(work: Work, input: DirectoryCreate, baseUrl: string): Promise<CreatedDirectory> {
  const type = scimType(input.type)
  checkAttributeMap(input.attribute_map ?? {})
  const organization = await holdOrganization(work, input.organization_id)
  const id = newId('directory', work.now)
  await work.tx
    .insertInto('directories')
    .values({
      environment_id: work.environment,
      id,
      organization_id: organization.id,
      external_key: randomBytes(18).toString('base64url').replaceAll(/[-_]/g, '0'),
      type,
      name: input.name ?? organization.name,
      state: 'unlinked',
      attribute_map: JSON.stringify(input.attribute_map ?? {}),
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
  const row = await readDirectoryRow(work.tx, work.environment, id)
  const token = input.create_token === false ? undefined : await createToken(work, row, {})
  return { ...presentConfigured(row, baseUrl), bearer_token: token?.value ?? null }
}

/** Fields left out keep their value. With a new attribute map its people are settled afterwards, see settlePeople. */
export async function updateDirectory(
  work: Work,
  id: DirectoryId,
  input: DirectoryUpdate,
  baseUrl: string,
): Promise<ConfiguredDirectory> {
  if (input.attribute_map) checkAttributeMap(input.attribute_map)
  const type = input.type === undefined ? undefined : scimType(input.type)
  const before = await readDirectoryRow(work.tx, work.environment, id, 'lock')
  const next = { name: input.name, type, attribute_map: input.attribute_map }
  if (!differs(before, next)) return presentConfigured(before, baseUrl)
  await work.tx
    .updateTable('directories')
    .set({
      name: next.name,
      type: next.type,
      ...(input.attribute_map && { attribute_map: JSON.stringify(input.attribute_map) }),
      updated_at: work.now,
    })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  if (input.attribute_map) await unsettle(work, 'everything', { directory: id })
  return presentConfigured(await readDirectoryRow(work.tx, work.environment, id), baseUrl)
}

/** People, groups and tokens go with it; the one event says it all. */
export async function removeDirectory(work: Work, id: DirectoryId): Promise<void> {
  const row = await readDirectoryRow(work.tx, work.environment, id, 'lock')
  await work.tx.deleteFrom('directories').where('environment_id', '=', work.environment).where('id', '=', id).execute()
  work.emit('dsync.deleted', presentDeleted(row), row.organization_id)
}

function scimType(type: DirectoryType): DirectoryType {
  if (type.endsWith(endpointSuffix)) return type
  throw new Invalid(
    [
      {
        field: 'type',
        code: 'directory_type_not_supported',
        message: `'${type}' is not pushed by SCIM. Types that can be created here end in '${endpointSuffix}'.`,
      },
    ],
    'directory_type_not_supported',
  )
}
