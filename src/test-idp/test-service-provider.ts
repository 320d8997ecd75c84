import { randomBytes, X509Certificate } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { authnRequest } from '#protocols/saml/authn-request.ts'
import { redirectUrl } from '#protocols/saml/bindings.ts'
import { type IdpMetadata, readIdpMetadata } from '#protocols/saml/metadata.ts'
import { type Expected, readResponse, type VerifiedAssertion, verifyResponse } from '#protocols/saml/response.ts'
import { testIdpRoutes, type TestIdpOptions } from './routes.ts'
import type { Verdict } from './scenarios.ts'
import type { SigningKey } from './signing-key.ts'

export const baseUrl = 'http://127.0.0.1:4100'
export const now = new Date('2026-03-01T12:00:00.000Z')

/** A server with the test identity providers on it, for tests. */
export async function startTestIdp(options: Partial<TestIdpOptions> = {}): Promise<FastifyInstance> {
  const app = fastify()
  testIdpRoutes(app, { baseUrl, folder: undefined, clock: () => now, fetch: nowhere, origins: [], ...options })
  await app.ready()
  return app
}

const nowhere = () => Promise.reject(new Error('This test calls nobody.'))

/** The other side, for tests: it knows an identity provider by its metadata alone, as the real ones do. */
export class TestServiceProvider {
  readonly entityId: string
  readonly acsUrl: string
  readonly #metadata: IdpMetadata
  readonly #decryption: SigningKey | undefined
  readonly #used = new Set<string>()

  constructor(options: {
    readonly metadata: IdpMetadata
    readonly entityId?: string
    readonly acsUrl?: string
    readonly decryption?: SigningKey
  }) {
    this.#metadata = options.metadata
    this.entityId = options.entityId ?? 'https://app.test/saml'
    this.acsUrl = options.acsUrl ?? 'http://localhost:4100/sso/saml/acs/conn_1'
    this.#decryption = options.decryption
  }

  /** Sends a browser to the identity provider. */
  startSignIn(relayState?: string): { readonly id: string; readonly xml: string; readonly path: string } {
    const id = `_${randomBytes(16).toString('hex')}`
    const destination = this.#metadata.ssoRedirectUrl ?? ''
    const { acsUrl, entityId: spEntityId } = this
    const xml = authnRequest({ id, issueInstant: now, destination, acsUrl, spEntityId, forceAuthn: false })
    return { id, xml, path: redirectUrl(destination, 'SAMLRequest', xml, relayState).slice(baseUrl.length) }
  }

  verify(samlResponse: string, requestId: string | null): ReturnType<typeof verifyResponse> {
    const response = readResponse(samlResponse)
    return response.ok ? verifyResponse(response.value, this.#expected(requestId)) : response
  }

  /** What this service provider makes of a response in the end. */
  judge(samlResponse: string, requestId: string | null): Verdict {
    const verified = this.verify(samlResponse, requestId)
    if (!verified.ok) return verified.error.code
    const { assertionId } = verified.value
    if (this.#used.has(assertionId)) return 'replayed'
    this.#used.add(assertionId)
    const email = emailOf(verified.value)
    if (email === undefined) return 'email_missing'
    return email.endsWith('@example.com') ? 'accepted' : 'outside_organization'
  }

  #expected(requestId: string | null): Expected {
    return {
      idpEntityId: this.#metadata.entityId,
      keys: this.#metadata.signingCertificates.map((certificate) => {
        const { publicKey, fingerprint256 } = new X509Certificate(Buffer.from(certificate, 'base64'))
        return { key: publicKey, fingerprint: fingerprint256 }
      }),
      spEntityId: this.entityId,
      acsUrl: this.acsUrl,
      requestId,
      now,
      clockSkewSeconds: 180,
      requireSignedResponse: false,
      allowSha1: false,
      decryptionKeys: this.#decryption ? [this.#decryption.key] : [],
    }
  }
}

/** @throws Error when the identity provider’s metadata would not do for a connection. */
export async function fetchMetadata(app: FastifyInstance, slug: string): Promise<IdpMetadata> {
  const { body } = await app.inject(`/test-idp/${slug}/metadata`)
  const metadata = readIdpMetadata(body, now)
  if (!metadata.ok) throw new Error(metadata.error.code)
  return metadata.value
}

/** By the attribute names of the vendors, else by the NameID when that is an address. */
function emailOf({ attributes, nameId }: VerifiedAssertion): string | undefined {
  const names = ['email', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress']
  const sent = names.flatMap((name) => attributes.get(name) ?? [])[0]
  return sent ?? (nameId.includes('@') ? nameId : undefined)
}
