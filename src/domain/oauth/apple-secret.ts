import { createPrivateKey, sign } from 'node:crypto'
import type { AppleSettings } from '#contracts/oauth-providers.ts'

const lifetimeSeconds = 300

/** Apple takes a signature instead of a secret: a JWT by the key of the team, made for every use. */
export function appleClientSecret(
  privateKey: string,
  { team_id, key_id }: AppleSettings,
  clientId: string,
  audience: string,
  now: Date,
): string {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: team_id, iat: issuedAt, exp: issuedAt + lifetimeSeconds, aud: audience, sub: clientId }
  const text = `${encode({ alg: 'ES256', kid: key_id, typ: 'JWT' })}.${encode(claims)}`
  // RFC 7518 §3.4: the two numbers side by side, not DER.
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(privateKey), dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}
