import type { ConnectionOptions, ConnectionType } from '#contracts/connections.ts'
import type { ConnectionId, OrganizationId } from '#contracts/ids.ts'
import type { AppleSettings } from '#contracts/oauth-providers.ts'
import type { Secrets } from '#protocols/envelope.ts'
import type { OAuthClient } from '#protocols/oidc/sign-in.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { appleClientSecret } from './apple-secret.ts'
import { isKnown, type Preset, presetOf } from './presets.ts'

/** An OAuth server that signs people in here, be it a provider of the environment or a connection of an organization. */
export interface Upstream {
  readonly id: ConnectionId
  readonly type: ConnectionType
  /** As applications name it: of a provider, what `provider` parameters say. */
  readonly name: string
  readonly organizationId: OrganizationId | null
  readonly dialect: Preset['dialect']
  readonly issuer: string
  readonly scopes: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
  readonly clientId: string
  readonly returnTokens: boolean
  /** Whether its word on an address is taken. */
  readonly trustsEmail: boolean
  /** Only when a code is redeemed: opening costs, and Apple's is made for the moment. */
  readonly client: (secrets: Secrets, now: Date) => OAuthClient
}

/** A row of oauth_providers, as JSON or as a row. */
export interface ProviderRow {
  readonly id: ConnectionId
  readonly provider: string
  readonly enabled: boolean
  readonly oauth_client_id: string
  readonly sealed_client_secret: string
  readonly issuer: string | null
  readonly scopes: readonly string[]
  readonly return_tokens: boolean
  readonly trusts_email: boolean
  readonly settings: unknown
}

export const providerColumns =
  'id, provider, enabled, oauth_client_id, sealed_client_secret, issuer, scopes, return_tokens, trusts_email, settings'

/** A row of connection_oidc_clients. */
export interface OidcClientRow {
  readonly oauth_client_id: string
  readonly sealed_client_secret: string
  readonly scopes: readonly string[]
}

export const oidcClientColumns = 'oauth_client_id, sealed_client_secret, scopes'

export function providerUpstream(row: ProviderRow): Upstream {
  const preset = presetOf(row.provider)
  const issuer = row.issuer ?? preset.issuer ?? ''
  const { apple } = row.settings as { apple?: AppleSettings } // providers.ts writes it
  return {
    id: row.id,
    // The wire has no name for providers it does not know.
    type: isKnown(row.provider) ? row.provider : 'GenericOIDC',
    name: row.provider,
    organizationId: null,
    dialect: preset.dialect,
    issuer,
    scopes: row.scopes,
    parameters: preset.parameters ?? {},
    clientId: row.oauth_client_id,
    returnTokens: row.return_tokens,
    trustsEmail: row.trusts_email,
    client: (secrets, now) => {
      const opened = secrets.open(row.sealed_client_secret, sealContext('oauth_providers.sealed_client_secret', row.id))
      const secret = apple ? appleClientSecret(opened, apple, row.oauth_client_id, issuer, now) : opened
      // Apple, GitHub and Microsoft document the secret in the body.
      return { clientId: row.oauth_client_id, secret, authentication: preset.dialect === 'oidc' ? 'basic' : 'post' }
    },
  }
}

interface OidcConnection {
  readonly id: ConnectionId
  readonly organization_id: OrganizationId
  readonly connection_type: ConnectionType
  readonly idp_entity_id: string | null
  readonly options: Partial<ConnectionOptions>
}

export function connectionUpstream(connection: OidcConnection, row: OidcClientRow): Upstream {
  return {
    id: connection.id,
    type: connection.connection_type,
    name: connection.connection_type,
    organizationId: connection.organization_id,
    dialect: 'oidc',
    issuer: connection.idp_entity_id ?? '',
    scopes: row.scopes,
    parameters: connection.options.force_authn === true ? { prompt: 'login' } : {},
    clientId: row.oauth_client_id,
    returnTokens: false,
    trustsEmail: true,
    client: (secrets) => ({
      clientId: row.oauth_client_id,
      secret: secrets.open(
        row.sealed_client_secret,
        sealContext('connection_oidc_clients.sealed_client_secret', connection.id),
      ),
      authentication: 'basic',
    }),
  }
}

/**
 * What the accounts of a provider are linked under. One that an environment named itself is known by its server: the name
 * may be another's tomorrow, whose accounts must not open what this one's did.
 */
export function identityProvider({ provider, issuer }: Pick<ProviderRow, 'provider' | 'issuer'>): string {
  return isKnown(provider) ? provider : `oauth:${issuer ?? ''}`
}

/** Whose people these are: whoever keeps the server keeps the profile ids. Connections have realms of their own. */
export function providerRealm(upstream: Upstream): string {
  return `oauth:${upstream.issuer}`
}
