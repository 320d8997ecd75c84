import { type OidcClientInput, oidcConnectionTypes } from '#contracts/connections.ts'
import type { FieldError } from '#contracts/errors.ts'
import type { ConnectionId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { differs } from '../differs.ts'
import { Invalid } from '../errors.ts'
import { connectionScopes } from '../oauth/presets.ts'
import type { OAuthServers } from '../oauth/servers.ts'
import type { IdpSettings } from './idp-settings.ts'

/** A change of a connection's client, and what seals its secret. */
export interface OidcChange {
  readonly input: OidcClientInput
  readonly secrets: Secrets
}

export function isOidcType(type: string): boolean {
  return oidcConnectionTypes.some((name) => name === type)
}

/**
 * What the OpenID provider says about itself, in the place of SAML metadata. Fetches, so it runs before the transaction.
 * @returns undefined when the request names no issuer.
 * @throws Invalid `invalid_idp_metadata` with the reason.
 */
export async function readOidcSettings(
  input: OidcClientInput | undefined,
  servers: OAuthServers,
): Promise<IdpSettings | undefined> {
  if (input?.issuer === undefined) return undefined
  const server = await servers.get(input.issuer, 'oidc')
  if (!server.ok) throw refusal('oidc.issuer', server.error.code, server.error.message)
  return {
    // As the ID tokens will name it: a trailing slash more or less is another issuer to them.
    entityId: server.value.issuer,
    ssoRedirectUrl: server.value.authorization_endpoint ?? null,
    ssoPostUrl: null,
    certificates: [],
    wantsSignedRequests: false,
    metadataUrl: null,
  }
}

/** @throws Invalid when the protocol of the configuration is not the connection's. */
export function checkProtocol(type: string, idp: IdpSettings | undefined, oidc: OidcChange | undefined): void {
  const isOidc = isOidcType(type)
  if (oidc && !isOidc)
    throw refusal('oidc', 'wrong_protocol', `${type} is a SAML connection. Give it metadata instead.`)
  if (idp && isOidc && oidc?.input.issuer === undefined)
    throw refusal(
      'idp_metadata_url',
      'wrong_protocol',
      `${type} is an OpenID Connect connection. Give it oidc instead.`,
    )
}

/**
 * Fields left out keep their value. A secret that is given counts as another one.
 * @returns whether anything changed.
 */
export async function saveOidcClient(
  work: Work,
  connection: ConnectionId,
  { input, secrets }: OidcChange,
): Promise<boolean> {
  const before = await work.tx
    .selectFrom('connection_oidc_clients')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('connection_id', '=', connection)
    .forUpdate()
    .executeTakeFirst()
  const clientId = input.client_id ?? before?.oauth_client_id
  const context = sealContext('connection_oidc_clients.sealed_client_secret', connection)
  const sealed =
    input.client_secret === undefined ? before?.sealed_client_secret : secrets.seal(input.client_secret, context)
  if (clientId === undefined) throw missing('oidc.client_id')
  if (sealed === undefined) throw missing('oidc.client_secret')
  if (before === undefined && input.issuer === undefined) throw missing('oidc.issuer')
  const values = {
    oauth_client_id: clientId,
    sealed_client_secret: sealed,
    scopes: [...(input.scopes ?? before?.scopes ?? connectionScopes)],
  }
  if (before !== undefined && !differs(before, values)) return false
  await work.tx
    .insertInto('connection_oidc_clients')
    .values({ environment_id: work.environment, connection_id: connection, ...values })
    .onConflict((conflict) => conflict.columns(['environment_id', 'connection_id']).doUpdateSet(values))
    .execute()
  return true
}

function missing(field: string): Invalid {
  return refusal(field, `${field} is required`, 'The OpenID provider gives it when an application is registered there.')
}

function refusal(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }] satisfies FieldError[], 'invalid_idp_metadata')
}
