import { type IdKind, idPrefixes, type EnvironmentId } from '#contracts/ids.ts'
import type { SearchResult } from '#contracts/overview.ts'
import type { Database } from '#db/database.ts'
import { listConnections } from '../connections/read.ts'
import { listDirectories } from '../directories/read.ts'
import { listOrganizations } from '../organizations/read.ts'

interface Place {
  readonly prefix: IdKind
  readonly kind: SearchResult['kind']
  readonly table: string
  /** SQL for what people know it by. */
  readonly title: string
  readonly parent: string
}

const places: readonly Place[] = [
  { prefix: 'organization', kind: 'organization', table: 'organizations', title: 'name', parent: 'null' },
  { prefix: 'connection', kind: 'connection', table: 'connections', title: 'name', parent: 'organization_id' },
  { prefix: 'directory', kind: 'directory', table: 'directories', title: 'name', parent: 'organization_id' },
  {
    prefix: 'directoryUser',
    kind: 'directory_user',
    table: 'directory_users',
    title: 'user_name',
    parent: 'directory_id',
  },
  {
    prefix: 'directoryGroup',
    kind: 'directory_group',
    table: 'directory_groups',
    title: 'display_name',
    parent: 'directory_id',
  },
  { prefix: 'user', kind: 'user', table: 'users', title: 'email', parent: 'null' },
  {
    prefix: 'ssoSession',
    kind: 'sign_in_attempt',
    table: 'sso_sessions',
    title: 'coalesce(email, login_hint, state)',
    parent: 'connection_id',
  },
  { prefix: 'event', kind: 'event', table: 'events', title: 'type', parent: 'null' },
  {
    prefix: 'webhookEndpoint',
    kind: 'webhook_endpoint',
    table: 'webhook_endpoints',
    title: 'endpoint_url',
    parent: 'null',
  },
  { prefix: 'logStream', kind: 'log_stream', table: 'log_streams', title: 'type', parent: 'null' },
  { prefix: 'apiKey', kind: 'api_key', table: 'api_keys', title: 'name', parent: 'null' },
]

const most = 10
const mostNamed = 5

/**
 * Finds by id first, then people by their address, then organizations by name, domain or external id, and connections
 * and directories by name.
 */
export async function searchEverything(
  db: Database,
  environment: EnvironmentId,
  text: string,
): Promise<SearchResult[]> {
  const wanted = text.trim()
  const byId = await findById(db, environment, wanted)
  if (byId.length > 0 || wanted === '') return byId
  const query = { search: wanted, limit: mostNamed }
  const [people, organizations, connections, directories] = await Promise.all([
    wanted.includes('@') ? findPeople(db, environment, wanted.toLowerCase()) : [],
    listOrganizations(db, environment, query),
    listConnections(db, environment, query),
    listDirectories(db, environment, query),
  ])
  return [
    ...people,
    ...organizations.data.map(({ id, name }) => ({ kind: 'organization' as const, id, title: name, parent_id: null })),
    ...connections.data.map(({ id, name, organization_id }) => ({
      kind: 'connection' as const,
      id,
      title: name,
      parent_id: organization_id ?? null,
    })),
    ...directories.data.map(({ id, name, organization_id }) => ({
      kind: 'directory' as const,
      id,
      title: name,
      parent_id: organization_id ?? null,
    })),
  ]
}

/** Prefixes begin alike (`org_`, `org_domain_`), so every table whose prefix fits is asked. */
async function findById(db: Database, environment: EnvironmentId, id: string): Promise<SearchResult[]> {
  const fitting = places.filter(({ prefix }) => id.startsWith(`${idPrefixes[prefix]}_`))
  const found = []
  for (const { kind, table, title, parent } of fitting) {
    const { rows } = await db.pool.query<SearchResult>(
      `select '${kind}' as kind, id, (${title})::text as title, ${parent} as parent_id from ${table} where environment_id = $1 and id = $2`,
      [environment, id],
    )
    found.push(...rows)
  }
  return found
}

async function findPeople(db: Database, environment: EnvironmentId, email: string): Promise<SearchResult[]> {
  // Directory people are found through each directory's own index.
  const { rows } = await db.pool.query<SearchResult>(
    `(select 'user' as kind, id, email as title, null as parent_id from users where environment_id = $1 and email = $2 limit ${most})
     union all
     (select 'directory_user', u.id, u.user_name, u.directory_id
      from directories d cross join lateral (
        select id, user_name, directory_id from directory_users
        where environment_id = $1 and directory_id = d.id and email_key = $2 limit ${most}) u
      where d.environment_id = $1 limit ${most})`,
    [environment, email],
  )
  return rows
}
