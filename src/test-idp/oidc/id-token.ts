import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Idp } from '../idp.ts'
import { fullName } from '../people.ts'
import type { Grant } from './grants.ts'

const lifetimeSeconds = 600
let stranger: KeyObject | undefined

/** The claims of a person, as far as the scopes ask for them. */
export function claimsOf({ person, scopes, scenario }: Grant): Record<string, unknown> {
  const email = scopes.includes('email') && scenario !== 'no-email'
  const profile = scopes.includes('profile')
  return {
    sub: person.id,
    ...(email && { email: person.email, email_verified: scenario !== 'unverified-email' }),
    ...(profile && {
      name: fullName(person),
      given_name: person.firstName,
      family_name: person.lastName,
      groups: person.groups,
    }),
  }
}

/** OIDC Core §2, with whatever the scenario gets wrong. Undefined where it leaves the token out. */
export function idToken(idp: Idp, issuer: string, grant: Grant, now: Date): string | undefined {
  const { scenario } = grant
  if (scenario === 'no-id-token') return undefined
  const issuedAt = Math.floor(now.getTime() / 1000) - (scenario === 'expired' ? 3600 + lifetimeSeconds : 0)
  const { email, email_verified: verified, ...rest } = claimsOf(grant)
  const claims = {
    ...rest,
    ...(scenario !== 'email-in-userinfo' && { email, email_verified: verified }),
    iss: scenario === 'wrong-issuer' ? 'https://elsewhere.test' : issuer,
    aud: scenario === 'wrong-audience' ? 'another-client' : grant.clientId,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    auth_time: issuedAt,
    ...(grant.nonce !== null && { nonce: scenario === 'wrong-nonce' ? 'another-nonce' : grant.nonce }),
  }
  if (scenario === 'unsigned') return `${encode({ alg: 'none' })}.${encode(claims)}.`
  const text = `${encode({ alg: 'RS256', kid: keyId(idp), typ: 'JWT' })}.${encode(claims)}`
  const key = scenario === 'wrong-signature' ? strangersKey() : idp.signing.key
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

/** RFC 7517 §5. */
export function keySet(idp: Idp): { readonly keys: readonly unknown[] } {
  const { kty, n, e } = createPublicKey(idp.signing.key).export({ format: 'jwk' })
  return { keys: [{ kty, n, e, kid: keyId(idp), use: 'sig', alg: 'RS256' }] }
}

function keyId(idp: Idp): string {
  return createHash('sha256').update(idp.signing.certificate).digest('base64url').slice(0, 16)
}

function strangersKey(): KeyObject {
  stranger ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return stranger
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
