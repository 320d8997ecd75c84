import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import type { FirstKeys } from '#domain/environments/signing-keys.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Private keys in PEM, made once for the whole run: making them was most of what tests spent. */
    readonly privateKeys: readonly string[]
  }
}

/** More than the tenants that meet in one test need, at two keys each. */
const count = 16

/** What `privateKeys` of the run is to be. */
export async function generatePrivateKeys(): Promise<string[]> {
  const pairs = Array.from({ length: count }, () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 }))
  return (await Promise.all(pairs)).map(({ privateKey }) =>
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
}

let next = 0

/** Keys that none of the latest tenants of this file has. */
export function nextFirstKeys(): FirstKeys {
  return { jwt: nextPair(), saml: nextPair() }
}

function nextPair(): FirstKeys['jwt'] {
  const pems = inject('privateKeys')
  const privateKey = createPrivateKey(pems[next++ % pems.length] ?? '')
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
