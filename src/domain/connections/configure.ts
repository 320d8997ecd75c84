import { X509Certificate } from 'node:crypto'
import type {
  ConfiguredConnection,
  ConnectionOptions,
  ConnectionState,
  ConnectionUpdate,
} from '#contracts/connections.ts'
import type { FieldError } from '#contracts/errors.ts'
import type { ConnectionId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { differs } from '../differs.ts'
import { Invalid } from '../errors.ts'
import type { IdpSettings } from './idp-settings.ts'
import { checkProtocol, type OidcChange, saveOidcClient } from './oidc-client.ts'
import { presentConfigured, presentInEvent } from './present.ts'
import { type ConnectionWithDomains, readConnectionRow } from './read.ts'

export type ConnectionChange = Pick<ConnectionUpdate, 'name' | 'state' | 'attribute_map' | 'options'>

/** Changes a connection; fields left out keep their value, options are merged one by one. */
export async function configureConnection(
  work: Work,
  id: ConnectionId,
  input: ConnectionChange,
  idp: IdpSettings | undefined,
  baseUrl: string,
  oidc?: OidcChange,
): Promise<ConfiguredConnection> {
  checkOptions(input.options)
  const before = await readConnectionRow(work.tx, work.environment, id, 'lock')
  checkProtocol(before.connection_type, idp, oidc)
  const next = {
    name: input.name ?? before.name,
    attribute_map: input.attribute_map ?? before.attribute_map,
    options: { ...(before.options as Partial<ConnectionOptions>), ...input.options }, // ours, see checkOptions
  }
  const clientChanged = oidc !== undefined && (await saveOidcClient(work, id, oidc))
  if (clientChanged || differs(before, next))
    await work.tx
      .updateTable('connections')
      .set({
        name: next.name,
        attribute_map: JSON.stringify(next.attribute_map),
        options: JSON.stringify(next.options),
        updated_at: work.now,
      })
      .where('environment_id', '=', work.environment)
      .where('id', '=', id)
      .execute()
  if (idp) await saveIdpSettings(work, before, idp)
  if (input.state) await switchConnection(work, id, input.state)
  const after = await readConnectionRow(work.tx, work.environment, id)
  return presentConfigured(after, after.domains, baseUrl)
}

/**
 * Saves what the identity provider says about itself. A connection that had nothing becomes `validating`: ready, waiting
 * for its first sign-in. Its realm is settled here (see connection_realms), so that people keep their profile ids.
 */
export async function saveIdpSettings(work: Work, connection: ConnectionWithDomains, idp: IdpSettings): Promise<void> {
  const isFirst = connection.idp_entity_id === null
  const state: ConnectionState = isFirst && connection.state === 'inactive' ? 'validating' : connection.state
  const next = {
    state,
    realm: isFirst ? await realmFor(work, connection, idp.entityId) : connection.realm,
    idp_entity_id: idp.entityId,
    idp_sso_redirect_url: idp.ssoRedirectUrl,
    idp_sso_post_url: idp.ssoPostUrl,
    idp_metadata_url: idp.metadataUrl,
    idp_certificates: [...idp.certificates],
    idp_wants_signed_requests: idp.wantsSignedRequests,
  }
  await work.tx
    .updateTable('connections')
    .set({
      ...next,
      idp_metadata_fetched_at: idp.metadataUrl === null ? null : work.now,
      idp_certificates_expire_at: lastExpiry(idp.certificates),
      ...(differs(connection, next) && { updated_at: work.now }),
    })
    .where('environment_id', '=', work.environment)
    .where('id', '=', connection.id)
    .execute()
}

/** Continues the realm of a deleted connection to the same identity provider; two living ones never share a realm. */
async function realmFor(work: Work, connection: ConnectionWithDomains, entityId: string): Promise<string> {
  const known = await work.tx
    .selectFrom('connection_realms')
    .select('realm')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', connection.organization_id)
    .where('idp_entity_id', '=', entityId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('connections as c')
            .select('c.id')
            .where('c.environment_id', '=', work.environment)
            .where('c.organization_id', '=', connection.organization_id)
            .whereRef('c.realm', '=', 'connection_realms.realm'),
        ),
      ),
    )
    .executeTakeFirst()
  const realm = known?.realm ?? connection.realm
  await work.tx
    .insertInto('connection_realms')
    .values({
      environment_id: work.environment,
      organization_id: connection.organization_id,
      idp_entity_id: entityId,
      realm,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return realm
}

/** As long as one of them holds, people can sign in. */
function lastExpiry(certificates: readonly string[]): Date | null {
  const ends = certificates.map((certificate) => {
    const { validTo } = new X509Certificate(Buffer.from(certificate, 'base64'))
    return new Date(validTo).getTime()
  })
  return ends.length === 0 ? null : new Date(Math.max(...ends))
}

/** Switches sign-in off and on. Switching on what never worked waits for the first sign-in instead of claiming success. */
async function switchConnection(work: Work, id: ConnectionId, wanted: 'active' | 'inactive'): Promise<void> {
  const row = await readConnectionRow(work.tx, work.environment, id, 'lock')
  if (wanted === 'active' && row.idp_entity_id === null)
    throw new Invalid([
      {
        field: 'state',
        code: 'connection_unlinked',
        message: 'This connection has no identity provider yet. Save its metadata first.',
      },
    ])
  const next: ConnectionState = wanted === 'inactive' ? 'inactive' : row.activated_at === null ? 'validating' : 'active'
  if (next === row.state || (wanted === 'active' && row.state === 'active')) return
  await work.tx
    .updateTable('connections')
    .set({ state: next, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  const after = { ...row, state: next, updated_at: work.now }
  if (next === 'active') work.emit('connection.activated', presentInEvent(after, row.domains), row.organization_id)
  if (next === 'inactive' && row.state === 'active')
    work.emit('connection.deactivated', presentInEvent(after, row.domains), row.organization_id)
}

/** @throws Invalid when an override could not work as an address. */
export function checkOptions(options: Partial<ConnectionOptions> | undefined): void {
  const errors: FieldError[] = []
  const acs = options?.acs_url_override
  if (acs !== undefined && acs !== null && !/^https?:$/.test(URL.parse(acs)?.protocol ?? ''))
    errors.push({
      field: 'options.acs_url_override',
      code: 'invalid_url',
      message: 'The ACS URL must be an http or https URL: identity providers post to it.',
    })
  if (errors.length > 0) throw new Invalid(errors)
}
