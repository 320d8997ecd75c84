/**
 * Writes src/db/schema.gen.ts from a freshly migrated database. `--check` compares instead and exits 1 on a difference.
 * Needs DATABASE_URL of a server where it may create databases, or starts the embedded one.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type pg from 'pg'
import { idPrefixes } from '#contracts/ids.ts'
import { migrate } from '../src/db/migrate.ts'
import { withEmptyDatabase } from './empty-database.ts'

const target = new URL('../src/db/schema.gen.ts', import.meta.url)

/** Table → the id type of its own `id` column. */
const ownIds: Record<string, keyof typeof idPrefixes> = {
  environments: 'environment',
  api_keys: 'apiKey',
  organizations: 'organization',
  organization_domains: 'organizationDomain',
  connections: 'connection',
  profiles: 'profile',
  events: 'event',
  redirect_uris: 'redirectUri',
  cors_origins: 'corsOrigin',
  logout_uris: 'logoutUri',
  signing_keys: 'signingKey',
  sso_sessions: 'ssoSession',
  webhook_endpoints: 'webhookEndpoint',
  webhook_secrets: 'webhookSecret',
  webhook_deliveries: 'webhookDelivery',
  log_streams: 'logStream',
  alert_rules: 'alertRule',
  oauth_providers: 'connection',
  directories: 'directory',
  directory_tokens: 'directoryToken',
  directory_users: 'directoryUser',
  directory_groups: 'directoryGroup',
  dashboard_users: 'dashboardUser',
  scim_requests: 'scimRequest',
  api_requests: 'apiRequest',
  audit_entries: 'auditEntry',
  users: 'user',
  user_identities: 'userIdentity',
  roles: 'role',
  permissions: 'permission',
  organization_memberships: 'organizationMembership',
  invitations: 'invitation',
  magic_auths: 'magicAuth',
  email_verifications: 'emailVerification',
  password_resets: 'passwordReset',
  authentication_factors: 'authenticationFactor',
  authentication_challenges: 'authenticationChallenge',
  passkeys: 'passkey',
  sessions: 'session',
  mails: 'mail',
  hosted_logins: 'hostedLogin',
  test_sso_runs: 'testSsoRun',
}

/** Column name → id type, for references. */
const references: Record<string, keyof typeof idPrefixes> = {
  environment_id: 'environment',
  organization_id: 'organization',
  connection_id: 'connection',
  profile_id: 'profile',
  client_id: 'client',
  endpoint_id: 'webhookEndpoint',
  rule_id: 'alertRule',
  event_id: 'event',
  directory_id: 'directory',
  group_id: 'directoryGroup',
  dashboard_user_id: 'dashboardUser',
  api_key_id: 'apiKey',
  user_id: 'user',
  directory_user_id: 'directoryUser',
  role_id: 'role',
  permission_id: 'permission',
  factor_id: 'authenticationFactor',
  inviter_user_id: 'user',
  accepted_user_id: 'user',
  hosted_login_id: 'hostedLogin',
}

/** References whose column is named like another's. */
const ownReferences: Record<string, keyof typeof idPrefixes> = {
  'directory_memberships.user_id': 'directoryUser',
  'directory_addresses.user_id': 'directoryUser',
  'refused_responses.session_id': 'ssoSession',
  'refresh_tokens.session_id': 'session',
  'authorization_codes.session_id': 'session',
}

/** Columns whose check constraint or content is a closed set known to the contracts. */
const literals: Record<string, string> = {
  'environments.kind': "'staging' | 'production'",
  'signing_keys.purpose': "'jwt' | 'saml'",
  'organization_domains.state': "OrganizationDomain['state']",
  'organization_domains.verification_strategy': "OrganizationDomain['verification_strategy']",
  'connections.connection_type': 'ConnectionType',
  'connections.state': 'ConnectionState',
  'sso_sessions.origin': "'sp' | 'idp'",
  'sso_sessions.state': "'started' | 'succeeded' | 'failed' | 'timed_out'",
  'events.type': 'EventName',
  'webhook_endpoints.status': "'enabled' | 'disabled'",
  'webhook_deliveries.state': "'pending' | 'succeeded' | 'failed'",
  'log_streams.type': 'LogStreamType',
  'log_streams.status': "'active' | 'paused'",
  'alert_rules.scope': "'environment' | 'each_organization'",
  'alert_rules.status': "'enabled' | 'disabled'",
  'directories.type': 'DirectoryType',
  'directories.state': 'DirectoryState',
  'dashboard_users.role': 'DashboardRole',
  'user_identities.kind': "'sso' | 'oauth'",
  'organization_memberships.status': "'active' | 'inactive' | 'pending'",
  'invitations.state': "'pending' | 'accepted' | 'revoked'",
  'email_verifications.purpose': "'verify' | 'change'",
  'authentication_factors.type': "'totp'",
  'signing_keys.algorithm': "'RS256' | 'ES256'",
  'device_authorizations.state': "'pending' | 'approved' | 'denied' | 'used'",
  'sessions.auth_method': 'AuthenticationMethod',
  'sessions.ended_because': "'revoked' | 'signed_out' | 'reused'",
  'mails.state': "'due' | 'sent' | 'failed'",
}

const scalars: Record<string, string> = {
  text: 'string',
  bool: 'boolean',
  int4: 'number',
  int8: 'number',
  timestamptz: 'Date',
  bytea: 'Buffer',
  jsonb: 'ColumnType<unknown, string, string>',
  _text: 'string[]',
  _timestamptz: 'Date[]',
}

interface Column {
  table_name: string
  column_name: string
  udt_name: string
  is_nullable: 'YES' | 'NO'
  column_default: string | null
  is_identity: 'YES' | 'NO'
}

function typeOf(column: Column): string {
  const literal = literals[`${column.table_name}.${column.column_name}`]
  if (literal) return literal
  const kind =
    ownReferences[`${column.table_name}.${column.column_name}`] ??
    (column.column_name === 'id' ? ownIds[column.table_name] : references[column.column_name])
  if (kind) return `${kind[0]?.toUpperCase()}${kind.slice(1)}Id`
  const scalar = scalars[column.udt_name]
  if (!scalar) throw new Error(`No TypeScript type for ${column.udt_name} (${column.table_name}.${column.column_name})`)
  return scalar
}

function lineOf(column: Column): string {
  const base = typeOf(column)
  const nullable = column.is_nullable === 'YES' ? `${base} | null` : base
  const filled = column.column_default !== null || column.is_identity === 'YES'
  const wrapped = filled && !nullable.startsWith('ColumnType') ? `Generated<${nullable}>` : nullable
  const jsonFilled =
    filled && nullable.startsWith('ColumnType<unknown, string')
      ? 'ColumnType<unknown, string | undefined, string>'
      : wrapped
  return `  ${column.column_name}: ${jsonFilled}`
}

async function render(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<Column>(
    `select table_name, column_name, udt_name, is_nullable, column_default, is_identity
     from information_schema.columns where table_schema = 'public' and table_name <> 'gatehouse_migrations'
     order by table_name, ordinal_position`,
  )
  const tables = Map.groupBy(rows, (row) => row.table_name)
  const interfaces = [...tables].map(
    ([table, columns]) => `export interface ${pascal(table)} {\n${columns.map(lineOf).join('\n')}\n}`,
  )
  const schema = [...tables.keys()].map((table) => `  ${table}: ${pascal(table)}`).join('\n')
  const body = `${interfaces.join('\n\n')}\n\nexport interface Schema {\n${schema}\n}\n`
  const usedIds = Object.keys(idPrefixes)
    .map((kind) => `${kind[0]?.toUpperCase()}${kind.slice(1)}Id`)
    .filter((name) => new RegExp(`\\b${name}\\b`).test(body))
  return [
    '// Generated from the migrated database by `npm run gen`. Do not edit.',
    "import type { ColumnType, Generated } from 'kysely'",
    "import type { AuthenticationMethod } from '#contracts/authentication.ts'",
    "import type { ConnectionState, ConnectionType } from '#contracts/connections.ts'",
    "import type { DirectoryState, DirectoryType } from '#contracts/directories.ts'",
    "import type { DashboardRole } from '#contracts/endpoint.ts'",
    "import type { EventName } from '#contracts/events.ts'",
    `import type {\n${usedIds.map((name) => `  ${name},`).join('\n')}\n} from '#contracts/ids.ts'`,
    "import type { LogStreamType } from '#contracts/log-streams.ts'",
    "import type { OrganizationDomain } from '#contracts/organization-domains.ts'",
    '',
    body,
  ].join('\n')
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

const generated = await withEmptyDatabase(async (pool) => {
  await migrate(pool)
  return render(pool)
})
if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8').catch(() => '')) !== generated) {
    console.error('src/db/schema.gen.ts is not what the migrations say. Run `npm run gen`.')
    process.exit(1)
  }
} else {
  await writeFile(target, generated)
}
