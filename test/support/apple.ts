import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { exportJWK, jwtVerify, SignJWT } from 'jose'

/** Somebody with an account at Apple, as Apple tells of them. */
export interface AppleAccount {
  readonly sub: string
  readonly email: string
  /** As Apple writes it: text. */
  readonly email_verified?: 'true' | 'false'
  readonly is_private_email?: 'true'
  readonly name?: { readonly firstName: string; readonly lastName: string }
}

/** What Apple's page posts to the redirect URI, from its own site. */
export interface ApplePost {
  readonly to: string
  readonly fields: Readonly<Record<string, string>>
}

/** Apple's sign-in, with its peculiarities, as far as its documentation tells them. */
export interface FakeApple {
  readonly issuer: string
  readonly settings: { readonly team_id: string; readonly key_id: string }
  /** What one downloads once, as a .p8 file. */
  readonly privateKey: string
  /** Why it refused clients, in the order it did. */
  readonly refusals: string[]
  /** The account agrees on the page that an authorization URL leads to. */
  agree(location: string, account: AppleAccount): ApplePost
  close(): Promise<void>
}

const clientId = 'test.app.service'

export async function startApple(clock: () => Date): Promise<FakeApple> {
  const team = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const settings = { team_id: 'TEAM567890', key_id: 'KEY4567890' }
  const codes = new Map<string, { readonly query: URLSearchParams; readonly account: AppleAccount }>()
  const met = new Set<string>()
  const refusals: string[] = []
  const app = fastify()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  )
  let issuer = ''

  app.get('/.well-known/openid-configuration', () => ({
    issuer,
    authorization_endpoint: `${issuer}/auth/authorize`,
    token_endpoint: `${issuer}/auth/token`,
    jwks_uri: `${issuer}/auth/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'name'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  }))

  app.get('/auth/keys', async () => ({
    keys: [{ ...(await exportJWK(signing.publicKey)), kid: 'apple', use: 'sig', alg: 'RS256' }],
  }))

  app.post<{ Body: Record<string, string> }>('/auth/token', async ({ body, headers }, reply) => {
    const refuse = (error: string, why: string) => {
      refusals.push(why)
      return reply.status(400).send({ error })
    }
    if (headers.authorization !== undefined) return refuse('invalid_client', 'a secret in the header')
    const problem = await checkSecret(body, team.publicKey, settings, issuer, clock())
    if (problem !== undefined) return refuse('invalid_client', problem)
    const known = codes.get(body['code'] ?? '')
    if (!known) return refuse('invalid_grant', 'an unknown code')
    codes.delete(body['code'] ?? '')
    const { query, account } = known
    if (query.get('redirect_uri') !== body['redirect_uri']) return refuse('invalid_grant', 'another redirect URI')
    const challenge = createHash('sha256')
      .update(body['code_verifier'] ?? '')
      .digest('base64url')
    if (query.get('code_challenge') !== challenge) return refuse('invalid_grant', 'another verifier')
    const { name: _unsigned, ...claims } = account
    const now = Math.floor(clock().getTime() / 1000)
    const token = new SignJWT({
      email_verified: 'true',
      ...claims,
      nonce: query.get('nonce'),
      nonce_supported: true,
      auth_time: now,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'apple' })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setIssuedAt(now)
      .setExpirationTime(now + 86_400)
    return {
      access_token: randomBytes(16).toString('hex'),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: randomBytes(16).toString('hex'),
      id_token: await token.sign(signing.privateKey),
    }
  })

  await app.listen({ host: '127.0.0.1', port: 0 })
  issuer = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` // it listens on a port

  return {
    issuer,
    settings,
    privateKey: team.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    refusals,
    agree(location, account) {
      const { searchParams: query } = new URL(location)
      const asksForMore = /name|email/.test(query.get('scope') ?? '')
      if (asksForMore && query.get('response_mode') !== 'form_post')
        throw new Error('invalid_request: response_mode must be form_post when name or email scope is requested.')
      if (query.get('client_id') !== clientId) throw new Error('invalid_client')
      const code = randomBytes(16).toString('hex')
      codes.set(code, { query, account })
      const isFirst = !met.has(account.sub)
      met.add(account.sub)
      const { name, email } = account
      return {
        to: query.get('redirect_uri') ?? '',
        fields: {
          state: query.get('state') ?? '',
          code,
          ...(isFirst && name && { user: JSON.stringify({ name, email }) }),
        },
      }
    },
    close: () => app.close(),
  }
}

/** @returns what is wrong with the signature that stands for a secret; Apple itself says `invalid_client` to all of it. */
async function checkSecret(
  body: Record<string, string>,
  key: KeyObject,
  settings: FakeApple['settings'],
  issuer: string,
  now: Date,
): Promise<string | undefined> {
  if (body['client_id'] !== clientId) return 'another client_id'
  try {
    const { payload, protectedHeader } = await jwtVerify(body['client_secret'] ?? '', key, {
      algorithms: ['ES256'],
      issuer: settings.team_id,
      subject: clientId,
      audience: issuer,
      requiredClaims: ['iat', 'exp'],
      currentDate: now,
    })
    const sixMonthsSeconds = 15_777_000
    if (protectedHeader.kid !== settings.key_id) return 'another kid'
    return (payload.exp ?? 0) > now.getTime() / 1000 + sixMonthsSeconds ? 'exp too far away' : undefined
  } catch (error) {
    return String(error)
  }
}
