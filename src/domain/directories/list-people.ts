import type { DirectoryGroup, DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { Invalid, NotFound } from '../errors.ts'

export interface UserQuery extends PageQuery {
  readonly directory?: string
  readonly group?: string
  readonly idp_id?: string
  readonly email?: string
}

export interface GroupQuery extends PageQuery {
  readonly directory?: string
  readonly user?: string
}

interface PresentedRow {
  readonly id: string
  readonly presented: string
}

/**
 * A page of people as JSON text: what was stored for the log, with each one's groups put behind it.
 * @throws NotFound of a directory or group that nobody has.
 */
export async function listUsers(db: Database, environment: EnvironmentId, query: UserQuery): Promise<string> {
  requireOne(query.directory, 'directory', query.group, 'group')
  const { directory, group, idp_id: idpId, email } = query
  const conditions: [string, unknown][] = [
    ...(directory === undefined ? [] : [['u.directory_id = ?', directory] as [string, unknown]]),
    ...(group === undefined
      ? []
      : [
          [
            'exists (select from directory_memberships m where m.environment_id = u.environment_id and m.user_id = u.id and m.group_id = ?)',
            group,
          ] as [string, unknown],
        ]),
    ...(idpId === undefined ? [] : [['u.idp_id = ?', idpId] as [string, unknown]]),
    ...(email === undefined ? [] : [['u.email_key = ?', foldCase(email)] as [string, unknown]]),
  ]
  const { rows, list_metadata } = await readPresented(
    db,
    environment,
    'directory_users u',
    'u.visible',
    conditions,
    query,
  )
  if (rows.length === 0) await requireNamed(db, environment, { directory, group })
  return envelope(await withGroups(db, environment, rows), list_metadata)
}

/** @throws NotFound of a directory or user that nobody has, or that is none to applications any more. */
export async function listGroups(db: Database, environment: EnvironmentId, query: GroupQuery): Promise<string> {
  requireOne(query.directory, 'directory', query.user, 'user')
  const { directory, user } = query
  const conditions: [string, unknown][] = [
    ...(directory === undefined ? [] : [['u.directory_id = ?', directory] as [string, unknown]]),
    ...(user === undefined
      ? []
      : [
          [
            `exists (select from directory_memberships m
             join directory_users p on p.environment_id = m.environment_id and p.id = m.user_id and p.visible
             where m.environment_id = u.environment_id and m.group_id = u.id and m.user_id = ?)`,
            user,
          ] as [string, unknown],
        ]),
  ]
  const { rows, list_metadata } = await readPresented(db, environment, 'directory_groups u', 'true', conditions, query)
  if (rows.length === 0) await requireNamed(db, environment, { directory, user })
  return envelope(
    rows.map(({ presented }) => presented),
    list_metadata,
  )
}

export async function readDirectoryUser(
  db: Database,
  environment: EnvironmentId,
  id: string,
): Promise<DirectoryUserWithGroups> {
  const { rows } = await db.pool.query<PresentedRow>({
    name: 'directory-user-presented',
    text: 'select id, presented from directory_users where environment_id = $1 and id = $2 and visible',
    values: [environment, id],
  })
  const [text] = await withGroups(db, environment, rows)
  if (text === undefined) throw new NotFound('Directory User', id)
  return JSON.parse(text) as DirectoryUserWithGroups // this room wrote it
}

export async function readDirectoryGroup(
  db: Database,
  environment: EnvironmentId,
  id: string,
): Promise<DirectoryGroup> {
  const { rows } = await db.pool.query<PresentedRow>({
    name: 'directory-group-presented',
    text: 'select id, presented from directory_groups where environment_id = $1 and id = $2',
    values: [environment, id],
  })
  const [row] = rows
  if (!row) throw new NotFound('Directory Group', id)
  return JSON.parse(row.presented) as DirectoryGroup // this room wrote it
}

function readPresented(
  db: Database,
  environment: EnvironmentId,
  from: string,
  always: string,
  conditions: readonly [string, unknown][],
  page: PageQuery,
) {
  return readPage<PresentedRow>(page, async ({ newerThan, olderThan, direction, limit }) => {
    const all = [
      ['u.environment_id = ?', environment] as const,
      ...conditions,
      ...(newerThan === undefined ? [] : [['u.id > ?', newerThan] as const]),
      ...(olderThan === undefined ? [] : [['u.id < ?', olderThan] as const]),
    ]
    const where = [always, ...all.map(([condition], index) => condition.replace('?', `$${index + 1}`))].join(' and ')
    const { rows } = await db.pool.query<PresentedRow>(
      `select u.id, u.presented from ${from} where ${where} order by u.id ${direction} limit ${limit}`,
      all.map(([, value]) => value),
    )
    return rows
  })
}

/** One query for the page, never one for each person. */
async function withGroups(db: Database, environment: EnvironmentId, rows: readonly PresentedRow[]): Promise<string[]> {
  if (rows.length === 0) return []
  const { rows: groups } = await db.pool.query<[string, string]>({
    name: 'directory-user-groups',
    text: `select m.user_id, g.presented from directory_memberships m
      join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id
      where m.environment_id = $1 and m.user_id = any ($2) order by g.id`,
    values: [environment, rows.map(({ id }) => id)],
    rowMode: 'array',
  })
  const byUser = Map.groupBy(groups, ([user]) => user)
  return rows.map(({ id, presented }) => {
    const texts = (byUser.get(id) ?? []).map(([, text]) => text)
    return `${presented.slice(0, -1)},"groups":[${texts.join(',')}]}`
  })
}

function envelope(texts: readonly string[], metadata: unknown): string {
  return `{"object":"list","data":[${texts.join(',')}],"list_metadata":${JSON.stringify(metadata)}}`
}

const nouns = {
  directory: { noun: 'Directory', text: 'select from directories where environment_id = $1 and id = $2' },
  group: { noun: 'Directory Group', text: 'select from directory_groups where environment_id = $1 and id = $2' },
  user: {
    noun: 'Directory User',
    text: 'select from directory_users where environment_id = $1 and id = $2 and visible',
  },
} as const

/**
 * An empty page says that everybody has left, and applications act on it. Of something that is not there, or is another
 * environment's, it must not be said.
 */
async function requireNamed(
  db: Database,
  environment: EnvironmentId,
  named: { readonly [Name in keyof typeof nouns]?: string | undefined },
): Promise<void> {
  for (const name of ['directory', 'group', 'user'] as const) {
    const id = named[name]
    if (id === undefined) continue
    const { noun, text } = nouns[name]
    const { rowCount } = await db.pool.query({ name: `require-${name}`, text, values: [environment, id] })
    if (rowCount === 0) throw new NotFound(noun, id)
  }
}

function requireOne(
  first: string | undefined,
  firstName: string,
  second: string | undefined,
  secondName: string,
): void {
  if (first !== undefined || second !== undefined) return
  const code = `Please provide either "${firstName}" or "${secondName}" parameters.`
  throw new Invalid([
    { field: firstName, code },
    { field: secondName, code },
  ])
}
