import { type KeyObject, sign } from 'node:crypto'

export interface JwtKey {
  readonly id: string
  readonly algorithm: 'RS256' | 'ES256'
  readonly privateKey: KeyObject
}

/**
 * A JWT in compact form (RFC 7515 §7.1, RFC 7518 §3.3 and §3.4). The signature is made on the thread pool: an RSA one
 * takes most of a millisecond.
 */
export async function signJwt(claims: Readonly<Record<string, unknown>>, key: JwtKey): Promise<string> {
  const header = { alg: key.algorithm, typ: 'JWT', kid: key.id }
  const input = `${encode(header)}.${encode(claims)}`
  const signature = await new Promise<Buffer>((resolve, reject) =>
    // RFC 7518 §3.4 wants r and s side by side, not DER.
    sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    ),
  )
  return `${input}.${signature.toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
