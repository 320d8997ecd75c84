import { randomUUID } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { readAuthnRequest } from '#protocols/saml/authn-request.ts'
import { encodePost } from '#protocols/saml/bindings.ts'
import { identityProviderMetadata } from '#protocols/saml/metadata.ts'
import { issue } from '#test-idp/issue.ts'
import { kinds } from '#test-idp/kinds.ts'
import { createSigningKey, type SigningKey } from '#test-idp/signing-key.ts'
import { exitCodes, Failure } from '../failure.ts'
import { domainOf, makeOrganization } from './organizations.ts'
import type { Recipes } from './recipe.ts'
import type { Sandbox } from './sandbox.ts'

interface Connected {
  readonly id: string
  readonly acsPath: string
  /** The identity provider's, which lives as long as the run. */
  readonly entityId: string
  readonly signing: SigningKey
}

const lifetimeDays = 1

async function connect(sandbox: Sandbox): Promise<Connected> {
  const entityId = `https://idp.${domainOf(sandbox)}/metadata`
  const signing = await createSigningKey('gatehouse trigger', sandbox.clock(), lifetimeDays)
  const organization = await makeOrganization(sandbox, {
    domain_data: [{ domain: domainOf(sandbox), state: 'verified' }],
  })
  const sso = `https://idp.${domainOf(sandbox)}/sso`
  const { body } = await sandbox.post('/connections', {
    organization_id: organization,
    connection_type: 'OktaSAML',
    name: 'Triggered',
    idp_metadata_xml: identityProviderMetadata({
      entityId,
      ssoRedirectUrl: sso,
      ssoPostUrl: sso,
      signingCertificates: [signing.certificate],
      wantAuthnRequestsSigned: false,
    }),
  })
  return { id: body.id, acsPath: new URL(body.acs_url).pathname, entityId, signing }
}

/** What a browser brings to the identity provider. */
async function start(sandbox: Sandbox, { id }: Connected) {
  const query = new URLSearchParams({
    client_id: sandbox.environment.client_id,
    redirect_uri: await someRedirectUri(sandbox),
    response_type: 'code',
    connection: id,
  })
  const { location, text } = await sandbox.browse(`/sso/authorize?${query}`)
  const sent = location === null ? undefined : new URL(location).searchParams
  const deflated = Buffer.from(sent?.get('SAMLRequest') ?? '', 'base64')
  const request = deflated.length > 0 ? readAuthnRequest(inflateRawSync(deflated).toString()) : undefined
  if (!request?.ok)
    throw new Failure(exitCodes.userError, `The sign-in did not begin: ${location ?? text.slice(0, 500)}`)
  return { request: request.value, relayState: sent?.get('RelayState') ?? undefined }
}

/** Signs in as the identity provider would have it. @param forged signs with a key that its metadata does not have. */
async function signIn(sandbox: Sandbox, { forged }: { readonly forged: boolean }): Promise<Connected> {
  const connected = await connect(sandbox)
  const { request, relayState } = await start(sandbox, connected)
  const now = sandbox.clock()
  const stranger = forged ? await createSigningKey('stranger', now, lifetimeDays) : connected.signing
  const name = () => `_${randomUUID()}`
  const xml = issue({
    kind: kinds['test-idp'],
    issuer: connected.entityId,
    signing: stranger,
    stranger,
    serviceProvider: {
      entityId: request.issuer,
      acsUrl: request.acsUrl ?? '',
      encryptionCertificate: null,
      signingCertificate: null,
      registered: false,
    },
    requestId: request.id,
    person: {
      id: `triggered-${sandbox.tag}`,
      email: `ada@${domainOf(sandbox)}`,
      firstName: 'Ada',
      lastName: 'Lovelace',
      groups: ['Analysts'],
    },
    now,
    ids: { response: name(), assertion: name(), session: name(), spare: name() },
    previous: undefined,
  })
  await sandbox.browse(connected.acsPath, {
    SAMLResponse: encodePost(xml),
    ...(relayState !== undefined && { RelayState: relayState }),
  })
  return connected
}

/** Nobody is sent there: what a browser would follow is not followed. */
async function someRedirectUri(sandbox: Sandbox): Promise<string> {
  const { body } = await sandbox.get('/user_management/redirect_uris?limit=1')
  if (body.data[0] !== undefined) return String(body.data[0].uri)
  const uri = 'http://localhost/gatehouse-trigger'
  await sandbox.post('/user_management/redirect_uris', { uri })
  return uri
}

export const connectionRecipes = {
  'connection.activated': (sandbox) => signIn(sandbox, { forged: false }),
  'connection.deactivated': async (sandbox) => {
    const { id } = await signIn(sandbox, { forged: false })
    await sandbox.put(`/connections/${id}`, { state: 'inactive' })
  },
  'connection.deleted': async (sandbox) => sandbox.delete(`/connections/${(await connect(sandbox)).id}`),
  'authentication.sso_started': async (sandbox) => start(sandbox, await connect(sandbox)),
  'authentication.sso_succeeded': (sandbox) => signIn(sandbox, { forged: false }),
  'authentication.sso_failed': (sandbox) => signIn(sandbox, { forged: true }),
} as const satisfies Recipes
