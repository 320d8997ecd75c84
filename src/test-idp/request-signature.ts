import type { KeyObject } from 'node:crypto'
import { type RedirectMessage, verifyRedirectSignature } from '#protocols/saml/bindings.ts'
import { parseXml } from '#protocols/xml/parse.ts'
import { childNamed } from '#protocols/xml/read.ts'
import { dsigNamespace } from '#protocols/xmldsig/algorithms.ts'
import { digestMatches, readSignature, refersToParent, signer, usableKeys } from '#protocols/xmldsig/verify.ts'

/** How an AuthnRequest is signed; undefined when it is not. */
export interface RequestSignature {
  readonly madeBy: (key: KeyObject) => boolean
}

/** The Redirect binding signs the query (SAML bindings §3.4.4.1). */
export function signatureOfQuery(message: RedirectMessage): RequestSignature | undefined {
  return message.signature && { madeBy: (key) => verifyRedirectSignature(message, key) }
}

/** The POST binding signs the XML (SAML core §5.4). */
export function signatureOfXml(xml: string): RequestSignature | undefined {
  const root = parseXml(xml)
  const element = root.ok ? childNamed(root.value, dsigNamespace, 'Signature') : undefined
  if (!element) return undefined
  const signature = readSignature(element)
  return {
    madeBy: (key) =>
      signature.ok &&
      refersToParent(signature.value) &&
      signer(signature.value, usableKeys(signature.value, [{ key, fingerprint: '' }])) !== undefined &&
      digestMatches(signature.value),
  }
}
