import type { BoundFilter } from '#protocols/scim/bind.ts'
import type { Column, Rows, Storage } from '#protocols/scim/sql.ts'

const column = (sql: string, folded = false): Column => ({ kind: 'column', sql, folded })

/** Versions and addresses depend on who asks and how; nobody looks resources up by them. */
const metaColumns = (resourceType: string): Readonly<Record<string, Column>> => ({
  meta: column(`'${resourceType}'::text`),
  'meta.resourceType': column(`'${resourceType}'::text`),
  'meta.created': column('r.created_at'),
  'meta.lastModified': column('r.updated_at'),
})

/** Where the sub-attributes of a member are, in a statement that joins memberships `m` and their people `u`. */
export const memberColumns: Rows['columns'] = {
  value: column('m.user_id'),
  display: column('u.user_name_key', true),
  type: column(`'user'::text`, true),
}

const userColumns: Readonly<Record<string, Column | Rows>> = {
  id: column('r.id'),
  externalId: column('r.external_id'),
  userName: column('r.user_name_key', true),
  active: column('r.active'),
  ...metaColumns('User'),
  groups: {
    kind: 'rows',
    from: 'directory_memberships m join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id',
    where: 'm.environment_id = r.environment_id and m.user_id = r.id',
    columns: {
      value: column('m.group_id'),
      display: column('g.display_name_key', true),
      type: column(`'direct'::text`, true),
    },
  },
}

const groupColumns: Readonly<Record<string, Column | Rows>> = {
  id: column('r.id'),
  externalId: column('r.external_id'),
  displayName: column('r.display_name_key', true),
  ...metaColumns('Group'),
  members: {
    kind: 'rows',
    from: 'directory_memberships m join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id',
    where: 'm.environment_id = r.environment_id and m.group_id = r.id',
    columns: memberColumns,
  },
}

/** Where resources are kept; the table's alias is `r`. */
export const storages = {
  directory_users: { resource: 'r.resource', columnOf: (path) => userColumns[path] },
  directory_groups: { resource: 'r.resource', columnOf: (path) => groupColumns[path] },
} as const satisfies Record<string, Storage>

export type Table = keyof typeof storages

/**
 * The address that whoever matches the filter has, where it asks for one: Entra looks people up by
 * `emails[type eq "work"].value`. Addresses are indexed, documents are not.
 */
export function addressAskedFor(filter: BoundFilter): string | undefined {
  switch (filter.kind) {
    case 'and':
      return filter.filters.map(addressAskedFor).find((address) => address !== undefined)
    case 'compare':
      return filter.place.path === 'emails.value' ? equalText(filter) : undefined
    case 'elements':
      return filter.place.path === 'emails' ? valueAskedFor(filter.filter) : undefined
    case 'or':
    case 'not':
    case 'present':
    case 'never':
      return undefined
    default:
      return filter satisfies never
  }
}

function valueAskedFor(filter: BoundFilter): string | undefined {
  const terms = filter.kind === 'and' ? filter.filters : [filter]
  return terms
    .map((term) => (term.kind === 'compare' && term.place.path === 'value' ? equalText(term) : undefined))
    .find((text) => text !== undefined)
}

function equalText({ comparison }: BoundFilter & { kind: 'compare' }): string | undefined {
  return comparison.as === 'text' && comparison.operator === 'eq' ? comparison.value : undefined
}
