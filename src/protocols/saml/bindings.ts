import { type KeyObject, sign } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { ok, refused, type Result } from '../result.ts'
import { messageRules } from '../xml/parse.ts'
import { decodeBase64, decodeUtf8 } from '../xml/read.ts'
import { keyTypeOf, signatureAlgorithms } from '../xmldsig/algorithms.ts'
import { verifyBytes } from '../xmldsig/verify.ts'

export type RedirectParameter = 'SAMLRequest' | 'SAMLResponse'

export type DecodingProblem =
  | { readonly code: 'not_base64' }
  | { readonly code: 'too_large'; readonly received: number; readonly limit: number }
  | { readonly code: 'not_utf8' }

export type RedirectProblem =
  | DecodingProblem
  | { readonly code: 'no_message' }
  | { readonly code: 'repeated_parameter'; readonly parameter: string }
  | { readonly code: 'not_url_encoded'; readonly parameter: string }
  | { readonly code: 'unsupported_encoding'; readonly received: string }
  | { readonly code: 'not_deflated' }
  | { readonly code: 'incomplete_signature' }

export interface RedirectMessage {
  readonly parameter: RedirectParameter
  readonly xml: string
  readonly relayState: string | undefined
  /** Undefined when the message is not signed. */
  readonly signature: RedirectSignature | undefined
}

export interface RedirectSignature {
  readonly algorithm: string
  readonly value: Buffer
  /** The octets that were signed, as they came. */
  readonly signed: string
}

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const limit = messageRules.maxLength

/**
 * HTTP Redirect binding (SAML bindings §3.4): deflated, base64, into the query. A query the destination already has is
 * kept. Signed, if a key is given, over the query's own octets.
 */
export function redirectUrl(
  destination: string,
  parameter: RedirectParameter,
  xml: string,
  relayState: string | undefined,
  signing?: { readonly key: KeyObject },
): string {
  const message = deflateRawSync(Buffer.from(xml)).toString('base64')
  let query = `${parameter}=${encodeURIComponent(message)}`
  if (relayState !== undefined) query += `&RelayState=${encodeURIComponent(relayState)}`
  if (signing !== undefined) {
    query += `&SigAlg=${encodeURIComponent(rsaSha256)}`
    query += `&Signature=${encodeURIComponent(sign('sha256', Buffer.from(query), signing.key).toString('base64'))}`
  }
  const [address = '', fragment] = destination.split('#')
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return `${address}${separator}${query}${fragment === undefined ? '' : `#${fragment}`}`
}

/** Reads a message from a query as it came, without `?`: a decoded and re-encoded one would break its signature. */
export function decodeRedirect(rawQuery: string): Result<RedirectMessage, RedirectProblem> {
  const raw = new Map<string, string>()
  for (const pair of rawQuery.split('&')) {
    const at = pair.indexOf('=')
    const name = at < 0 ? pair : pair.slice(0, at)
    if (!redirectParameters.has(name)) continue
    if (raw.has(name)) return refused({ code: 'repeated_parameter', parameter: name })
    raw.set(name, at < 0 ? '' : pair.slice(at + 1))
  }
  const values = new Map<string, string>()
  for (const [name, value] of raw) {
    const decoded = decodeComponent(value)
    if (decoded === undefined) return refused({ code: 'not_url_encoded', parameter: name })
    values.set(name, decoded)
  }

  const parameter = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse'
  const message = values.get(parameter)
  if (message === undefined) return refused({ code: 'no_message' })
  if (parameter === 'SAMLRequest' && raw.has('SAMLResponse'))
    return refused({ code: 'repeated_parameter', parameter: 'SAMLResponse' })
  const encoding = values.get('SAMLEncoding')
  if (encoding !== undefined && encoding !== deflateEncoding)
    return refused({ code: 'unsupported_encoding', received: encoding })
  const xml = inflate(message)
  if (!xml.ok) return xml
  const signature = readRedirectSignature(parameter, raw, values)
  if (!signature.ok) return signature
  return ok({ parameter, xml: xml.value, relayState: values.get('RelayState'), signature: signature.value })
}

const deflateEncoding = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE'
const redirectParameters = new Set(['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'])

function readRedirectSignature(
  parameter: RedirectParameter,
  raw: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, string>,
): Result<RedirectSignature | undefined, RedirectProblem> {
  const algorithm = values.get('SigAlg')
  const encoded = values.get('Signature')
  if (algorithm === undefined && encoded === undefined) return ok(undefined)
  if (algorithm === undefined || encoded === undefined) return refused({ code: 'incomplete_signature' })
  const value = decodeBase64(encoded)
  if (value === null) return refused({ code: 'not_base64' })
  // Bindings §3.4.4.1: this order, whatever the order in the query, and the values as they came.
  const signed = [parameter, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&')
  return ok({ algorithm, value, signed })
}

/** False for an unsigned message too, and for SHA-1. */
export function verifyRedirectSignature({ signature }: RedirectMessage, key: KeyObject): boolean {
  if (signature === undefined) return false
  const algorithm = signatureAlgorithms.get(signature.algorithm)
  if (algorithm === undefined || algorithm.legacy) return false
  if (keyTypeOf(key) !== algorithm.keyType) return false
  return verifyBytes(algorithm, Buffer.from(signature.signed), key, signature.value)
}

/** HTTP POST binding (SAML bindings §3.5.4): base64 alone. */
export function encodePost(xml: string): string {
  return Buffer.from(xml).toString('base64')
}

/** The inverse of `encodePost`, for a message of at most 512 KiB. */
export function decodePost(base64: string): Result<string, DecodingProblem> {
  // Base64 and its line breaks are longer than what they carry; far longer is not worth decoding.
  if (base64.length > limit * 2) return refused({ code: 'too_large', received: base64.length, limit })
  const bytes = decodeBase64(base64)
  if (bytes === null || bytes.length === 0) return refused({ code: 'not_base64' })
  if (bytes.length > limit) return refused({ code: 'too_large', received: bytes.length, limit })
  return decodeText(bytes)
}

function inflate(base64: string): Result<string, RedirectProblem> {
  const bytes = decodeBase64(base64)
  if (bytes === null || bytes.length === 0) return refused({ code: 'not_base64' })
  try {
    return decodeText(inflateRawSync(bytes, { maxOutputLength: limit }))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      return refused({ code: 'too_large', received: bytes.length, limit })
    return refused({ code: 'not_deflated' })
  }
}

function decodeText(bytes: Buffer): Result<string, DecodingProblem> {
  const text = decodeUtf8(bytes)
  return text === null ? refused({ code: 'not_utf8' }) : ok(text)
}

function decodeComponent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
