import * as Type from 'typebox'
import { AttributeMap, ConnectionOptions } from '#contracts/connections.ts'
import type { ConnectionId, OrganizationId } from '#contracts/ids.ts'
import { JwtTemplateInvalid, parseJwtTemplate } from '#protocols/jwt-template.ts'
import { readYaml } from '#protocols/yaml.ts'
import {
  readInvitation,
  readMembership,
  readUser,
  type SeedInvitation,
  type SeedMembership,
  type SeedUser,
} from './seed-people.ts'
import { compact, type Located, type Path, SeedReader } from './seed-reader.ts'
import { readPermission, readRole, type SeedPermission, type SeedRole } from './seed-roles.ts'
import { readWebhookEndpoint, type SeedWebhookEndpoint } from './seed-webhooks.ts'

export interface SeedOrganization extends Located {
  readonly id?: OrganizationId
  readonly external_id?: string
  readonly name: string
  readonly allow_profiles_outside_organization?: boolean
  readonly metadata?: Readonly<Record<string, string>>
  readonly domains?: readonly SeedDomain[]
  readonly memberships?: readonly SeedMembership[]
}

export interface SeedDomain {
  readonly domain: string
  readonly state: 'pending' | 'verified'
}

export interface SeedConnection extends Located {
  readonly id?: ConnectionId
  /** The id, external id or name of an organization, in the file or in the environment. */
  readonly organization: string
  readonly connection_type: string
  readonly name?: string
  readonly state?: 'active' | 'inactive'
  readonly idp_metadata_url?: string
  readonly idp_metadata_xml?: string
  readonly idp_entity_id?: string
  readonly idp_sso_url?: string
  readonly x509_certificates?: readonly string[]
  readonly attribute_map?: AttributeMap
  readonly options?: Partial<ConnectionOptions>
}

export interface SeedApiKey extends Located {
  readonly name: string
  readonly value?: string
  readonly environment?: 'staging' | 'production'
}

export interface SeedUri extends Located {
  readonly uri: string
  readonly default?: boolean
}

interface SeedOrigin extends Located {
  readonly origin: string
}

/** What a file describes. */
export interface Seed {
  readonly permissions: readonly SeedPermission[]
  /** Those of the environment with the strongest first. */
  readonly roles: readonly SeedRole[]
  readonly organizations: readonly SeedOrganization[]
  readonly users: readonly SeedUser[]
  readonly connections: readonly SeedConnection[]
  readonly invitations: readonly SeedInvitation[]
  readonly apiKeys: readonly SeedApiKey[]
  readonly redirectUris: readonly SeedUri[]
  readonly logoutUris: readonly SeedUri[]
  readonly corsOrigins: readonly SeedOrigin[]
  readonly homepageUrl?: string
  readonly webhookEndpoints: readonly SeedWebhookEndpoint[]
  /** Of the claims that access tokens hold in addition. */
  readonly jwtTemplate?: string
  /** What the file says and nobody here can do yet, a sentence each. */
  readonly ignored: readonly string[]
}

export const emptySeed: Seed = {
  permissions: [],
  roles: [],
  organizations: [],
  users: [],
  connections: [],
  invitations: [],
  apiKeys: [],
  redirectUris: [],
  logoutUris: [],
  corsOrigins: [],
  webhookEndpoints: [],
  ignored: [],
}

export class SeedInvalid extends Error {
  override readonly name = 'SeedInvalid'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Parts of the vendor's emulator files that seeds do not make here. */
const notYet = {
  directories: 'directories fill by SCIM; see gatehouse scim simulate',
  groups: 'groups come with directories',
  connect_applications: 'there are no OAuth applications yet',
  feature_flags: 'there are no feature flags',
  pipe_connections: 'there are no pipes',
  connected_accounts: 'there are no pipes',
  agent_blueprints: 'there are no agents',
} as const

/**
 * Reads a seed file, YAML or JSON. Keys may be written in snake_case or camelCase, so files made for the vendor's
 * emulator are read as they are; what they describe beyond this server's nouns is listed in `ignored`.
 * @throws SeedInvalid naming every problem with its line.
 */
export function readSeed(text: string): Seed {
  const file = readYaml(text)
  if (!file.ok) throw new SeedInvalid([`line ${file.error.line}: ${file.error.message}.`])
  const reader = new SeedReader(file.value)
  const root = reader.fields([], file.value.value ?? {}, rootKeys, notYet)
  const homepageUrl = root.text('homepage_url')
  const jwtTemplate = readJwtTemplate(reader, root.get('jwt_template'))
  const seed: Seed = {
    permissions: root.list('permissions').map((item) => readPermission(reader, item.path, item.value)),
    roles: root.list('roles').flatMap((item) => readRole(reader, item.path, item.value)),
    organizations: root.list('organizations').map((item) => readOrganization(reader, item.path, item.value)),
    users: root.list('users').map((item) => readUser(reader, item.path, item.value)),
    connections: root.list('connections').map((item) => readConnection(reader, item.path, item.value)),
    invitations: root.list('invitations').map((item) => readInvitation(reader, item.path, item.value)),
    apiKeys: readApiKeys(reader, root.get('api_keys')),
    redirectUris: root.list('redirect_uris').map((item) => readUri(reader, item.path, item.value)),
    logoutUris: root.list('logout_uris').map((item) => readUri(reader, item.path, item.value)),
    corsOrigins: root.list('cors_origins').map((item) => readOrigin(reader, item.path, item.value)),
    ...(homepageUrl !== undefined && { homepageUrl }),
    webhookEndpoints: root.list('webhook_endpoints').map((item) => readWebhookEndpoint(reader, item.path, item.value)),
    ...(jwtTemplate !== undefined && { jwtTemplate }),
    ignored: reader.ignored,
  }
  if (reader.problems.length > 0) throw new SeedInvalid(reader.problems)
  return seed
}

/** Partial forgets that unknown options are refused. */
const SomeOptions = Type.Partial(ConnectionOptions, { additionalProperties: false })

const rootKeys = [
  'permissions',
  'roles',
  'users',
  'invitations',
  'organizations',
  'connections',
  'api_keys',
  'redirect_uris',
  'logout_uris',
  'cors_origins',
  'homepage_url',
  'webhook_endpoints',
  'jwt_template',
] as const

function readOrganization(reader: SeedReader, path: Path, value: unknown): SeedOrganization {
  const fields = reader.fields(
    path,
    value,
    ['id', 'external_id', 'name', 'allow_profiles_outside_organization', 'metadata', 'domains', 'memberships'],
    {
      groups: notYet.groups,
      entitlements: 'there are no entitlements',
    },
  )
  const domains = fields.optionalList('domains')?.map((item) => readDomain(reader, item.path, item.value))
  return compact({
    line: fields.line,
    id: fields.id('id', 'org_'),
    external_id: fields.text('external_id'),
    name: fields.required('name'),
    allow_profiles_outside_organization: fields.flag('allow_profiles_outside_organization'),
    metadata: fields.texts('metadata'),
    domains,
    memberships: fields.optionalList('memberships')?.map((item) => readMembership(reader, item.path, item.value)),
  })
}

function readDomain(reader: SeedReader, path: Path, value: unknown): SeedDomain {
  // A bare name is a domain the writer vouches for, as in the emulator's files without a state.
  if (typeof value === 'string') return { domain: value, state: 'verified' }
  const fields = reader.fields(path, value, ['domain', 'state'])
  return { domain: fields.required('domain'), state: fields.choice('state', ['verified', 'pending']) ?? 'verified' }
}

function readConnection(reader: SeedReader, path: Path, value: unknown): SeedConnection {
  const fields = reader.fields(
    path,
    value,
    [
      'id',
      'organization',
      'connection_type',
      'name',
      'state',
      'idp_metadata_url',
      'idp_metadata_xml',
      'idp_entity_id',
      'idp_sso_url',
      'x509_certificates',
      'attribute_map',
      'options',
    ],
    {
      profiles: 'identity providers bring profiles at the first sign-in',
      domains: 'the domains of a connection are those of its organization',
    },
  )
  const state = fields.choice('state', ['active', 'inactive', 'validating'])
  return compact({
    line: fields.line,
    id: fields.id('id', 'conn_'),
    organization: fields.required('organization'),
    connection_type: fields.text('connection_type') ?? 'GenericSAML',
    name: fields.text('name'),
    state: state === 'validating' ? undefined : state,
    idp_metadata_url: fields.text('idp_metadata_url'),
    idp_metadata_xml: fields.text('idp_metadata_xml'),
    idp_entity_id: fields.text('idp_entity_id'),
    idp_sso_url: fields.text('idp_sso_url'),
    x509_certificates: fields.optionalList('x509_certificates')?.map((item) => String(item.value)),
    attribute_map: fields.shaped('attribute_map', AttributeMap),
    options: fields.shaped('options', SomeOptions),
  })
}

/** A list of keys; or the emulator's older form, key → environment. */
function readApiKeys(reader: SeedReader, found: { path: Path; value: unknown } | undefined): SeedApiKey[] {
  if (!found) return []
  if (Array.isArray(found.value))
    return found.value.map((value: unknown, index) => readApiKey(reader, [...found.path, index], value))
  return reader.entries(found.path, found.value).map(({ key, path, value }) => {
    const fields = reader.fields(path, value, ['environment'])
    return {
      line: fields.line,
      name: 'Seeded',
      value: key,
      environment: readKeyEnvironment(fields.text('environment'), key),
    }
  })
}

function readApiKey(reader: SeedReader, path: Path, value: unknown): SeedApiKey {
  const wide = 'every key here opens the whole environment'
  const fields = reader.fields(path, value, ['name', 'value', 'environment'], {
    organization: wide,
    user_id: wide,
    permissions: wide,
    expires_at: 'keys end when they are rolled or revoked',
  })
  const secret = fields.text('value')
  if (secret !== undefined && !/^sk_[A-Za-z0-9_-]{5,200}$/.test(secret))
    reader.complain([...path, 'value'], 'an API key starts with sk_ and goes on with letters, digits, - or _.')
  return compact({
    line: fields.line,
    name: fields.required('name'),
    value: secret,
    environment: readKeyEnvironment(fields.text('environment'), secret),
  })
}

/** The emulator calls staging `test`. */
function readKeyEnvironment(environment: string | undefined, value: string | undefined): 'staging' | 'production' {
  if (environment === 'production' || (environment === undefined && value?.startsWith('sk_live_'))) return 'production'
  return 'staging'
}

function readUri(reader: SeedReader, path: Path, value: unknown): SeedUri {
  if (typeof value === 'string') return { line: reader.lineOf(path), uri: value }
  const fields = reader.fields(path, value, ['uri', 'default'])
  return compact({ line: fields.line, uri: fields.required('uri'), default: fields.flag('default') })
}

function readOrigin(reader: SeedReader, path: Path, value: unknown): SeedOrigin {
  if (typeof value === 'string') return { line: reader.lineOf(path), origin: value }
  const fields = reader.fields(path, value, ['origin'])
  return { line: fields.line, origin: fields.required('origin') }
}

function readJwtTemplate(reader: SeedReader, found: { path: Path; value: unknown } | undefined): string | undefined {
  if (!found) return undefined
  const content = reader.fields(found.path, found.value, ['content']).required('content')
  try {
    if (content !== '') parseJwtTemplate(content)
  } catch (error) {
    if (!(error instanceof JwtTemplateInvalid)) throw error
    reader.complain([...found.path, 'content'], `content: ${error.message}`)
  }
  return content
}
