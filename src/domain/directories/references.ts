import type pg from 'pg'
import type { EnvironmentId } from '#contracts/ids.ts'

/** The other end of a membership, by its id and its name. */
export interface Reference {
  readonly value: string
  readonly display: string
}

export type References = ReadonlyMap<string, readonly Reference[]>

/** A column with the groups of the person a row is about, so that they come along instead of with a query of their own. */
export const groupsOf = (person: string) => `(select coalesce(
    json_agg(json_build_object('value', g.id, 'display', g.display_name) order by g.seq), '[]')
  from directory_memberships m join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id
  where m.environment_id = ${person}.environment_id and m.user_id = ${person}.id) as groups`

type Row = [owner: string, value: string, display: string]

/** What `groups` of users and `members` of groups refer to, for all resources of a page in one query. */
export async function referencesOf(
  on: pg.Pool | pg.ClientBase,
  environment: EnvironmentId,
  side: 'groups' | 'members',
  ids: readonly string[],
): Promise<References> {
  if (ids.length === 0) return new Map()
  const { rows } = await on.query<Row>({
    name: `scim-references-${side}`,
    text:
      side === 'groups'
        ? `select m.user_id, m.group_id, g.display_name from directory_memberships m
           join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id
           where m.environment_id = $1 and m.user_id = any ($2) order by g.seq`
        : `select m.group_id, m.user_id, u.user_name from directory_memberships m
           join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id
           where m.environment_id = $1 and m.group_id = any ($2) order by u.seq`,
    values: [environment, [...ids]],
    rowMode: 'array',
  })
  return byOwner(rows)
}

/**
 * The members of as many of the groups, from the first on, as have no more than `limit` between them, and of the first in
 * any case. What is read is in proportion to that, whatever the others have.
 * @returns an entry for each group that is whole.
 */
export async function membersOfFirst(
  on: pg.Pool | pg.ClientBase,
  environment: EnvironmentId,
  groups: readonly string[],
  limit: number,
): Promise<References> {
  // Counted apart: joined with people and ordered under one limit, new tables without statistics get a plan that never ends.
  const { rows } = await on.query<[group: string, members: number]>({
    name: 'scim-members-of-first',
    text: `select counted.id, count(*) from (
        select g.id from (select id from unnest($2::text[]) with ordinality as g (id, n) order by n) g
        cross join lateral (
          select from directory_memberships m where m.environment_id = $1 and m.group_id = g.id limit $3
        ) as m
        limit $3
      ) as counted group by counted.id`,
    values: [environment, [...groups], limit + 1],
    rowMode: 'array',
  })
  const counts = new Map(rows)
  const total = rows.reduce((sum, [, members]) => sum + members, 0)
  const cut = total > limit ? groups.findLastIndex((id) => counts.has(id)) : groups.length
  const whole = groups.slice(0, Math.max(cut, 1))
  const found = await referencesOf(on, environment, 'members', whole)
  return new Map(whole.map((id) => [id, found.get(id) ?? []]))
}

function byOwner(rows: readonly Row[]): Map<string, Reference[]> {
  const found = new Map<string, Reference[]>()
  for (const [owner, value, display] of rows) {
    const list = found.get(owner)
    if (list) list.push({ value, display })
    else found.set(owner, [{ value, display }])
  }
  return found
}
