import { createPrivateKey } from 'node:crypto'
import type { FieldError } from '#contracts/errors.ts'
import type { ConnectionId, EnvironmentId } from '#contracts/ids.ts'
import type { Page } from '#contracts/list.ts'
import { type AppleSettings, type OAuthProvider, type OAuthProviderInput } from '#contracts/oauth-providers.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { differs } from '../differs.ts'
import { Invalid, NotFound } from '../errors.ts'
import { isKnown, presetOf } from './presets.ts'
import type { OAuthServers } from './servers.ts'

export interface ProviderRules {
  readonly secrets: Secrets
  readonly baseUrl: string
}

const columns = [
  'id',
  'provider',
  'enabled',
  'oauth_client_id',
  'issuer',
  'scopes',
  'return_tokens',
  'title',
  'trusts_email',
  'settings',
  'created_at',
  'updated_at',
] as const

/** Where every OAuth server sends people back to; registered there once. */
export function oauthCallbackUrl(baseUrl: string): string {
  return `${baseUrl}/sso/oauth/callback`
}

export async function listProviders(
  db: Database,
  environment: EnvironmentId,
  baseUrl: string,
): Promise<Page<OAuthProvider>> {
  const rows = await db.kysely
    .selectFrom('oauth_providers')
    .select(columns)
    .where('environment_id', '=', environment)
    .orderBy('provider')
    .execute()
  return {
    object: 'list',
    data: rows.map((row) => present(row, baseUrl)),
    list_metadata: { before: null, after: null },
  }
}

export async function readProvider(
  db: Database,
  environment: EnvironmentId,
  name: string,
  baseUrl: string,
): Promise<OAuthProvider> {
  const row = await db.kysely
    .selectFrom('oauth_providers')
    .select(columns)
    .where('environment_id', '=', environment)
    .where('provider', '=', name)
    .executeTakeFirst()
  if (!row) throw new NotFound('OAuth Provider', name)
  return present(row, baseUrl)
}

/**
 * Whether a server answers at a new issuer. Fetches, so it runs before the transaction.
 * @throws Invalid `invalid_oauth_provider` with what is wrong there.
 */
export async function checkIssuer(servers: OAuthServers, name: string, input: OAuthProviderInput): Promise<void> {
  const { dialect } = presetOf(nameOf(name))
  if (input.issuer == null) return
  const found = await servers.get(input.issuer, dialect)
  if (!found.ok) throw refusal([{ field: 'issuer', code: found.error.code, message: found.error.message }])
}

/**
 * Fields left out keep their value. A secret that is given counts as another one.
 * @throws Invalid `invalid_oauth_provider` when something it needs is missing.
 */
export async function setProvider(
  work: Work,
  name: string,
  input: OAuthProviderInput,
  { secrets, baseUrl }: ProviderRules,
): Promise<OAuthProvider> {
  const provider = nameOf(name)
  const preset = presetOf(provider)
  const before = await work.tx
    .selectFrom('oauth_providers')
    .select([...columns, 'sealed_client_secret'])
    .where('environment_id', '=', work.environment)
    .where('provider', '=', provider)
    .forUpdate()
    .executeTakeFirst()
  const id = before?.id ?? newId('connection', work.now)
  const context = sealContext('oauth_providers.sealed_client_secret', id)
  const clientId = input.client_id ?? before?.oauth_client_id
  const sealed =
    input.client_secret === undefined ? before?.sealed_client_secret : secrets.seal(input.client_secret, context)
  const issuer = input.issuer === undefined ? (before?.issuer ?? null) : input.issuer
  const apple = input.apple ?? (before?.settings as { apple?: AppleSettings } | undefined)?.apple // written below
  const title = isKnown(provider) ? preset.title : (input.title?.trim() ?? before?.title ?? null)
  const errors: FieldError[] = []
  const need = (field: string, why: string) => errors.push({ field, code: `${field} is required`, message: why })
  const whence = `${title ?? 'The provider'} gives you one when you register an application.`
  if (clientId === undefined) need('client_id', whence)
  if (sealed === undefined) need('client_secret', whence)
  if (title === null) need('title', 'People are to know whom they continue with.')
  if (!before && !isKnown(provider) && (await countCustom(work)) >= maxCustomProviders)
    errors.push({
      field: 'name',
      code: 'too_many_providers',
      message: `An environment has at most ${maxCustomProviders} providers of its own.`,
    })
  if (issuer === null && preset.issuer === null) need('issuer', `There is no server for ${provider} to fall back to.`)
  if (preset.dialect === 'apple' && apple === undefined)
    need('apple', 'Apple wants the team id and the id of the private key.')
  if (preset.dialect === 'apple' && input.client_secret !== undefined && !isP256(input.client_secret))
    errors.push({
      field: 'client_secret',
      code: 'invalid_private_key',
      message: 'This is not the private key Apple gives as a .p8 file. Paste all of it, from BEGIN to END.',
    })
  if (clientId === undefined || sealed === undefined || errors.length > 0) throw refusal(errors)

  const values = {
    enabled: input.enabled ?? before?.enabled ?? true,
    oauth_client_id: clientId,
    sealed_client_secret: sealed,
    issuer,
    scopes: [...(input.scopes ?? before?.scopes ?? preset.scopes)],
    return_tokens: input.return_tokens ?? before?.return_tokens ?? false,
    title: isKnown(provider) ? null : title,
    trusts_email: input.trusts_email ?? before?.trusts_email ?? isKnown(provider),
    settings: apple ? { apple } : {},
  }
  if (before && !differs(before, values)) return present(before, baseUrl)
  const stored = { ...values, settings: JSON.stringify(values.settings), updated_at: work.now }
  const row = await work.tx
    .insertInto('oauth_providers')
    .values({ environment_id: work.environment, id, provider, created_at: work.now, ...stored })
    .onConflict((conflict) => conflict.columns(['environment_id', 'id']).doUpdateSet(stored))
    .returning(columns)
    .executeTakeFirstOrThrow()
  return present(row, baseUrl)
}

export async function removeProvider(work: Work, name: string): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('oauth_providers')
    .where('environment_id', '=', work.environment)
    .where('provider', '=', name)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('OAuth Provider', name)
}

/** Of the providers that an environment named itself: each is a button. */
const maxCustomProviders = 20

async function countCustom(work: Work): Promise<number> {
  const rows = await work.tx
    .selectFrom('oauth_providers')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('title', 'is not', null)
    .execute()
  return rows.length
}

/** @throws NotFound for what is neither a known provider's name nor can be one of your own. */
function nameOf(name: string): string {
  if (!isKnown(name) && !/^[a-z][a-z0-9-]{0,39}$/.test(name)) throw new NotFound('OAuth Provider', name)
  return name
}

function isP256(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}

function refusal(errors: readonly FieldError[]): Invalid {
  return new Invalid(errors, 'invalid_oauth_provider')
}

interface Shown {
  readonly id: ConnectionId
  readonly provider: string
  readonly enabled: boolean
  readonly oauth_client_id: string
  readonly issuer: string | null
  readonly scopes: string[]
  readonly return_tokens: boolean
  readonly title: string | null
  readonly trusts_email: boolean
  readonly settings: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

function present({ oauth_client_id, settings, ...row }: Shown, baseUrl: string): OAuthProvider {
  const { apple } = settings as { apple?: AppleSettings } // setProvider wrote it
  return {
    object: 'oauth_provider',
    id: row.id,
    provider: row.provider,
    title: row.title ?? presetOf(row.provider).title,
    enabled: row.enabled,
    client_id: oauth_client_id,
    issuer: row.issuer,
    scopes: row.scopes,
    return_tokens: row.return_tokens,
    trusts_email: row.trusts_email,
    ...(apple && { apple }),
    redirect_uri: oauthCallbackUrl(baseUrl),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
