import type { ConnectionId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { readOrganization } from '../organizations/read.ts'
import { findEndpoints } from '../webhooks/endpoints.ts'
import { readPeople } from './people-state.ts'
import type { SeedState } from './plan.ts'
import type { Seed } from './seed-file.ts'

type Reader = Database['kysely'] | Work['tx']

/**
 * Reads what the plan compares with: of organizations, connections and webhook endpoints only those the seed can mean.
 * @param secrets opens the secrets of webhook endpoints; a seed without any can do without.
 */
export async function readSeedState(
  reader: Reader,
  environment: EnvironmentId,
  seed: Seed,
  now: Date,
  secrets: Secrets | undefined,
): Promise<SeedState> {
  const organizations = await readOrganizations(reader, environment, seed)
  const connections = await readConnections(
    reader,
    environment,
    seed,
    organizations.map(({ id }) => id),
  )
  const keys = await reader
    .selectFrom('api_keys')
    .select(['id', 'name', 'hash', 'revoked_at', 'expires_at'])
    .where('environment_id', '=', environment)
    .execute()
  const [redirectUris, logoutUris] = [
    await reader
      .selectFrom('redirect_uris')
      .select(['id', 'uri', 'is_default'])
      .where('environment_id', '=', environment)
      .execute(),
    await reader
      .selectFrom('logout_uris')
      .select(['id', 'uri', 'is_default'])
      .where('environment_id', '=', environment)
      .execute(),
  ]
  const origins = await reader
    .selectFrom('cors_origins')
    .select('origin')
    .where('environment_id', '=', environment)
    .execute()
  const { homepage_url: homepageUrl } = await reader
    .selectFrom('environments')
    .select('homepage_url')
    .where('id', '=', environment)
    .executeTakeFirstOrThrow()
  const template = await reader
    .selectFrom('jwt_templates')
    .select('content')
    .where('environment_id', '=', environment)
    .executeTakeFirst()
  return {
    ...(await readPeople(
      reader,
      environment,
      seed,
      organizations.map(({ id }) => id),
      now,
    )),
    organizations,
    connections,
    apiKeys: keys.map(({ id, name, hash, revoked_at, expires_at }) => ({
      id,
      name,
      hash,
      usable: revoked_at === null && (expires_at === null || expires_at > now),
    })),
    redirectUris: redirectUris.map(({ id, uri, is_default: isDefault }) => ({ id, uri, isDefault })),
    logoutUris: logoutUris.map(({ id, uri, is_default: isDefault }) => ({ id, uri, isDefault })),
    corsOrigins: origins.map(({ origin }) => origin),
    homepageUrl,
    webhookEndpoints: await readWebhookEndpoints(reader, environment, seed, secrets),
    jwtTemplate: template?.content ?? null,
  }
}

async function readOrganizations(reader: Reader, environment: EnvironmentId, seed: Seed) {
  const names = [
    ...seed.organizations.flatMap(({ id, external_id, name }) => [id, external_id, name]),
    ...seed.roles.map(({ organization }) => organization),
    ...seed.connections.map(({ organization }) => organization),
    ...seed.invitations.map(({ organization }) => organization),
  ].filter((name) => name !== undefined)
  if (names.length === 0) return []
  const rows = await reader
    .selectFrom('organizations')
    .select('id')
    .where('environment_id', '=', environment)
    .where((eb) =>
      eb.or([
        eb('id', 'in', names as OrganizationId[]), // names that are no ids find nothing
        eb('external_id', 'in', names),
        eb('name', 'in', names),
      ]),
    )
    .orderBy('id')
    .execute()
  const organizations = []
  for (const { id } of rows) organizations.push(await readOrganization(reader, environment, id))
  return organizations
}

async function readConnections(
  reader: Reader,
  environment: EnvironmentId,
  seed: Seed,
  organizations: readonly OrganizationId[],
): Promise<SeedState['connections']> {
  const ids = seed.connections.flatMap(({ id }): ConnectionId[] => (id === undefined ? [] : [id]))
  if (ids.length + organizations.length === 0) return []
  return reader
    .selectFrom('connections')
    .select([
      'id',
      'organization_id',
      'connection_type',
      'name',
      'state',
      'idp_metadata_url',
      'idp_entity_id',
      'idp_sso_redirect_url',
      'idp_certificates',
      'attribute_map',
      'options',
    ])
    .where('environment_id', '=', environment)
    .where((eb) =>
      eb.or([
        ...(ids.length > 0 ? [eb('id', 'in', ids)] : []),
        ...(organizations.length > 0 ? [eb('organization_id', 'in', organizations)] : []),
      ]),
    )
    .orderBy('id')
    .execute()
}

async function readWebhookEndpoints(
  reader: Reader,
  environment: EnvironmentId,
  seed: Seed,
  secrets: Secrets | undefined,
): Promise<SeedState['webhookEndpoints']> {
  if (seed.webhookEndpoints.length === 0) return []
  if (!secrets) throw new Error('Webhook endpoints need the encryption key.')
  const urls = seed.webhookEndpoints.map(({ endpoint_url: url }) => url)
  return findEndpoints(reader, environment, urls, secrets)
}
