import { attributeOf } from '../xml/read.ts'
import { digestAlgorithms, signatureAlgorithms } from '../xmldsig/algorithms.ts'
import { digestMatches, refersToParent, type Signature, usableKeys, type VerificationKey } from '../xmldsig/verify.ts'
import type { Check, Expected } from './check.ts'
import type { Rejection } from './rejection.ts'

export interface SignatureFacts {
  readonly signature: Signature
  /** Whose key made it; undefined when none of the connection's did. */
  readonly signer: VerificationKey | undefined
  readonly expected: Expected
}

/** About each signature there is: one that does not verify is never merely left aside. */
export const signatureChecks: readonly Check<SignatureFacts>[] = [
  { name: 'signature_reference', run: checkReference },
  { name: 'signature_algorithm', run: checkSignatureAlgorithm },
  { name: 'digest_algorithm', run: checkDigestAlgorithm },
  { name: 'sha1', run: checkSha1 },
  { name: 'certificate', run: checkCertificate },
  { name: 'certificate_type', run: checkCertificateType },
  { name: 'signature', run: checkSignatureValue },
  { name: 'digest', run: checkDigest },
]

function checkReference({ signature }: SignatureFacts): Rejection | undefined {
  if (refersToParent(signature)) return undefined
  return {
    code: 'signature_reference',
    received: signature.referenceUri,
    expected: attributeOf(signature.signed, 'ID'),
  }
}

function checkSignatureAlgorithm({ signature }: SignatureFacts): Rejection | undefined {
  const received = signature.signatureAlgorithm
  return signatureAlgorithms.has(received) ? undefined : { code: 'signature_algorithm', received }
}

function checkDigestAlgorithm({ signature }: SignatureFacts): Rejection | undefined {
  const received = signature.digestAlgorithm
  return digestAlgorithms.has(received) ? undefined : { code: 'digest_algorithm', received }
}

function checkSha1({ signature, expected }: SignatureFacts): Rejection | undefined {
  if (expected.allowSha1) return undefined
  if (signatureAlgorithms.get(signature.signatureAlgorithm)?.legacy)
    return { code: 'sha1', received: signature.signatureAlgorithm }
  if (digestAlgorithms.get(signature.digestAlgorithm)?.legacy)
    return { code: 'sha1', received: signature.digestAlgorithm }
  return undefined
}

function checkCertificate({ expected }: SignatureFacts): Rejection | undefined {
  return expected.keys.length === 0 ? { code: 'no_certificate' } : undefined
}

function checkCertificateType({ signature, expected }: SignatureFacts): Rejection | undefined {
  if (usableKeys(signature, expected.keys).length > 0) return undefined
  return { code: 'unusable_certificates', algorithm: signature.signatureAlgorithm }
}

function checkSignatureValue({ signature, signer, expected }: SignatureFacts): Rejection | undefined {
  if (signer !== undefined) return undefined
  return {
    code: 'wrong_signature',
    where: signature.signed.localName,
    expected: expected.keys.map(({ fingerprint }) => fingerprint),
  }
}

function checkDigest({ signature }: SignatureFacts): Rejection | undefined {
  return digestMatches(signature) ? undefined : { code: 'wrong_digest', where: signature.signed.localName }
}
