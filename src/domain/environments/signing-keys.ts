import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { EnvironmentId, SigningKeyId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { sealContext } from './sealed-columns.ts'

export type SigningPurpose = 'jwt' | 'saml'

const purposes: readonly SigningPurpose[] = ['jwt', 'saml']
const modulusBits = 2048
/** Identity providers are set up with the certificate by hand, so it has to outlast those who did it. */
const certificateYears = 10

export interface SigningKey {
  readonly id: SigningKeyId
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Base64 DER. */
  readonly certificate: string
  /** Set when the key signs no more and is only published, for what it signed before. */
  readonly retiredAt: Date | null
}

/** Gives an environment a key for tokens and one for SAML. Every environment has both from its first moment. */
export async function createSigningKeys(work: Work, secrets: Secrets): Promise<void> {
  const rows = await Promise.all(purposes.map((purpose) => newRow(work, purpose, secrets)))
  await work.tx.insertInto('signing_keys').values(rows).execute()
}

/** The keys of an environment for a purpose: the one that signs first, then those that are only published. */
export async function readSigningKeys(
  db: Database,
  environment: EnvironmentId,
  purpose: SigningPurpose,
  secrets: Secrets,
): Promise<SigningKey[]> {
  const rows = await db.kysely
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('purpose', '=', purpose)
    .orderBy('retired_at', (order) => order.desc().nullsFirst())
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => {
    const privateKey = createPrivateKey(
      secrets.open(row.sealed_private_key, sealContext('signing_keys.sealed_private_key', row.id)),
    )
    const { id, certificate, retired_at: retiredAt } = row
    return { id, privateKey, publicKey: createPublicKey(privateKey), certificate, retiredAt }
  })
}

async function newRow(work: Work, purpose: SigningPurpose, secrets: Secrets) {
  const id = newId('signingKey', work.now)
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits })
  const notAfter = new Date(work.now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + certificateYears)
  const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  return {
    environment_id: work.environment,
    id,
    purpose,
    certificate: await selfSignedCertificate({ commonName: `Gatehouse ${id}`, keys, notBefore: work.now, notAfter }),
    sealed_private_key: secrets.seal(pem.toString(), sealContext('signing_keys.sealed_private_key', id)),
    created_at: work.now,
  }
}
