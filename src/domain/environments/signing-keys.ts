import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto'
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

export type SigningAlgorithm = 'RS256' | 'ES256'

/** Longest that anybody may keep the keys they fetched: a new one is published for so long before it signs. */
const leadMs = 11 * 60_000
/** No access token lives longer. */
const longestTokenMs = 24 * 60 * 60_000

export interface SigningKey {
  readonly id: SigningKeyId
  readonly algorithm: SigningAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Base64 DER. */
  readonly certificate: string
  /** When it begins to sign; null for a key that was there from the start. */
  readonly signsFrom: Date | null
  /** When it signs no more and is only published, for what it signed before. */
  readonly retiredAt: Date | null
  /** When nothing it signed is valid any more. */
  readonly publishedUntil: Date | null
}

/** What a new environment signs with: a key for tokens and one for SAML. */
export type FirstKeys = Readonly<Record<SigningPurpose, KeyPairKeyObjectResult>>

/** Takes a third of a second of a processor, off the main thread: do it before a transaction begins. */
export async function generateFirstKeys(): Promise<FirstKeys> {
  const [jwt, saml] = await Promise.all([generateKeys('RS256'), generateKeys('RS256')])
  return { jwt, saml }
}

/** Every environment has both keys from its first moment. */
export async function createSigningKeys(work: Work, secrets: Secrets, keys: FirstKeys): Promise<void> {
  const rows = await Promise.all(purposes.map((purpose) => newRow(work, purpose, secrets, 'RS256', keys[purpose])))
  await work.tx.insertInto('signing_keys').values(rows).execute()
}

/** The keys of an environment for a purpose: newest first, those that are only published last. */
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
    return {
      id: row.id,
      algorithm: row.algorithm,
      privateKey,
      publicKey: createPublicKey(privateKey),
      certificate: row.certificate,
      signsFrom: row.signs_from,
      retiredAt: row.retired_at,
      publishedUntil: row.published_until,
    }
  })
}

/**
 * The key that signs at a moment: the newest of the algorithm that everybody has had the time to fetch. An algorithm just
 * switched to has none yet; then the other one goes on.
 */
export function signerOf(keys: readonly SigningKey[], algorithm: SigningAlgorithm, now: Date): SigningKey {
  const able = keys.filter(
    ({ signsFrom, retiredAt }) => (signsFrom === null || signsFrom <= now) && (retiredAt === null || retiredAt > now),
  )
  const key = able.find((candidate) => candidate.algorithm === algorithm) ?? able[0]
  if (!key) throw new Error('the environment has no key to sign with')
  return key
}

/** The keys that a verifier must know: those that sign, will sign, or signed something that is still valid. */
export function publishedKeys(keys: readonly SigningKey[], now: Date): SigningKey[] {
  return keys.filter(({ publishedUntil }) => publishedUntil === null || publishedUntil > now)
}

/** Makes sure that there is a key of an algorithm; a new one signs once everybody can know it. */
export async function ensureSigningKey(work: Work, algorithm: SigningAlgorithm, secrets: Secrets): Promise<void> {
  const known = await work.tx
    .selectFrom('signing_keys')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('purpose', '=', 'jwt')
    .where('algorithm', '=', algorithm)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  if (!known) await addSigningKey(work, algorithm, secrets, await generateKeys(algorithm))
}

/**
 * Replaces the keys of an algorithm without a gap: the successor is published now and signs later, and the old ones stay
 * published until the last token they may sign has run out.
 */
export async function rotateSigningKey(work: Work, algorithm: SigningAlgorithm, secrets: Secrets): Promise<void> {
  const takesOver = new Date(work.now.getTime() + leadMs)
  // Before anything is locked: it takes a while.
  const keys = await generateKeys(algorithm)
  await work.tx
    .updateTable('signing_keys')
    .set({ retired_at: takesOver, published_until: new Date(takesOver.getTime() + longestTokenMs) })
    .where('environment_id', '=', work.environment)
    .where('purpose', '=', 'jwt')
    .where('algorithm', '=', algorithm)
    .where('retired_at', 'is', null)
    .execute()
  await addSigningKey(work, algorithm, secrets, keys)
}

async function addSigningKey(
  work: Work,
  algorithm: SigningAlgorithm,
  secrets: Secrets,
  keys: KeyPairKeyObjectResult,
): Promise<void> {
  const row = await newRow(work, 'jwt', secrets, algorithm, keys)
  await work.tx
    .insertInto('signing_keys')
    .values({ ...row, signs_from: new Date(work.now.getTime() + leadMs) })
    .execute()
}

function generateKeys(algorithm: SigningAlgorithm): Promise<KeyPairKeyObjectResult> {
  return algorithm === 'RS256'
    ? promisify(generateKeyPair)('rsa', { modulusLength: modulusBits })
    : promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
}

async function newRow(
  work: Work,
  purpose: SigningPurpose,
  secrets: Secrets,
  algorithm: SigningAlgorithm,
  keys: KeyPairKeyObjectResult,
) {
  const id = newId('signingKey', work.now)
  const notAfter = new Date(work.now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + certificateYears)
  const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  return {
    environment_id: work.environment,
    id,
    purpose,
    algorithm,
    certificate: await selfSignedCertificate({ commonName: `Gatehouse ${id}`, keys, notBefore: work.now, notAfter }),
    sealed_private_key: secrets.seal(pem.toString(), sealContext('signing_keys.sealed_private_key', id)),
    created_at: work.now,
  }
}
