import { randomBytes } from 'node:crypto'
import {
  type ConfiguredConnection,
  type ConnectionCreate,
  type CreatableConnectionType,
  oidcConnectionTypes,
  samlConnectionTypes,
} from '#contracts/connections.ts'
import type { ConnectionId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { Conflict, Invalid, violatedConstraint } from '../errors.ts'
import { holdOrganization } from '../organizations/read.ts'
import { checkOptions, saveIdpSettings } from './configure.ts'
import type { IdpSettings } from './idp-settings.ts'
import { checkProtocol, type OidcChange, saveOidcClient } from './oidc-client.ts'
import { presentConfigured } from './present.ts'
import { readConnectionRow } from './read.ts'

export interface NewConnection extends Omit<
  ConnectionCreate,
  'idp_metadata_url' | 'idp_metadata_xml' | 'idp_entity_id' | 'idp_sso_url' | 'x509_certificates' | 'oidc'
> {
  /** Pinned by seeds; fresh ones otherwise. */
  readonly id?: ConnectionId
  readonly externalKey?: string
}

/**
 * Creates a connection. Its service provider addresses are final; without `idp` nobody can sign in through it yet.
 * @throws NotFound without the organization; Invalid `connection_type_not_supported` for types that are neither SAML nor OpenID Connect.
 */
export async function createConnection(
  work: Work,
  input: NewConnection,
  idp: IdpSettings | undefined,
  baseUrl: string,
  oidc?: OidcChange,
): Promise<ConfiguredConnection> {
  const type = creatableType(input.connection_type)
  checkProtocol(type, idp, oidc)
  const organization = await holdOrganization(work, input.organization_id)
  checkOptions(input.options)
  const id = input.id ?? newId('connection', work.now)
  await work.tx
    .insertInto('connections')
    .values({
      environment_id: work.environment,
      id,
      organization_id: organization.id,
      external_key: input.externalKey ?? randomBytes(18).toString('base64url').replaceAll(/[-_]/g, '0'),
      connection_type: type,
      name: input.name ?? organization.name,
      state: 'inactive',
      realm: id,
      attribute_map: JSON.stringify(input.attribute_map ?? {}),
      options: JSON.stringify(input.options ?? {}),
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
    .catch((error: unknown) => {
      if (violatedConstraint(error)) throw new Conflict('A Connection with this id already exists.')
      throw error
    })
  if (oidc) await saveOidcClient(work, id, oidc)
  if (idp) await saveIdpSettings(work, await readConnectionRow(work.tx, work.environment, id), idp)
  const row = await readConnectionRow(work.tx, work.environment, id)
  return presentConfigured(row, row.domains, baseUrl)
}

function creatableType(type: string): CreatableConnectionType {
  const known = [...samlConnectionTypes, ...oidcConnectionTypes].find((name) => name === type)
  if (known) return known
  throw new Invalid(
    [
      {
        field: 'connection_type',
        code: 'connection_type_not_supported',
        message: `'${type}' is not a connection type that can be created here. These can: ${[...samlConnectionTypes, ...oidcConnectionTypes].join(', ')}.`,
      },
    ],
    'connection_type_not_supported',
  )
}
