import { ok, refused, type Result } from '#protocols/result.ts'
import type { FieldErrors } from './problem.ts'
import { readRsaCertificate } from './signing-key.ts'

/** An application that asks for sign-ins. */
export interface ServiceProvider {
  readonly entityId: string
  readonly acsUrl: string
  /** Entered by somebody, not merely seen in a request. */
  readonly registered: boolean
  /** base64 DER; needed only to encrypt assertions. */
  readonly encryptionCertificate: string | null
  /** base64 DER; where there is one, its requests have to be signed with it. */
  readonly signingCertificate: string | null
}

/** Where this tool is willing to send a signed statement about a user. */
export const answerRule =
  'As a development tool it answers any service provider whose ACS URL is on this machine (localhost, 127.0.0.1, [::1]) or on this server, and others only once they are registered.'

const maximumUrlLength = 2048

/** A URL a browser may be sent to with a response: http or https, no credentials, no fragment. Normalised by no one. */
export function isAcsUrl(text: string): boolean {
  if (text.length > maximumUrlLength || !URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === ''
}

/** Whether a response may go to `acsUrl` although nobody has registered it. */
export function isNearby(acsUrl: string, baseUrl: string): boolean {
  const { hostname, origin } = new URL(acsUrl)
  return isLoopback(hostname) || origin === new URL(baseUrl).origin
}

/** `hostname` is what the URL parser made of it, so `127.1` and `0x7f.1` have become `127.0.0.1` already. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  )
}

/** SAML core §8.3.6. */
export const maximumEntityIdLength = 1024

/** Reads what somebody registers: `entity_id`, `acs_url` and, optionally, two certificates. */
export function readServiceProvider(fields: URLSearchParams): Result<ServiceProvider, FieldErrors> {
  const errors = new Map<string, string>()
  const entityId = (fields.get('entity_id') ?? '').trim()
  if (entityId === '') errors.set('entity_id', 'Copy the SP Entity ID from the service provider.')
  if (entityId.length > maximumEntityIdLength)
    errors.set('entity_id', `Use at most ${String(maximumEntityIdLength)} characters.`)
  const acsUrl = (fields.get('acs_url') ?? '').trim()
  if (!isAcsUrl(acsUrl))
    errors.set('acs_url', 'Enter an absolute http or https URL, without a user name and a fragment.')
  const encryptionCertificate = readCertificate(fields, 'encryption_certificate', errors)
  const signingCertificate = readCertificate(fields, 'signing_certificate', errors)
  if (errors.size > 0) return refused(errors)
  return ok({ entityId, acsUrl, registered: true, encryptionCertificate, signingCertificate })
}

function readCertificate(fields: URLSearchParams, name: string, errors: Map<string, string>): string | null {
  const pasted = (fields.get(name) ?? '').trim()
  if (pasted === '') return null
  const certificate = readRsaCertificate(pasted)
  if (certificate === undefined) errors.set(name, 'This is not a certificate with an RSA key of 2048 bits or more.')
  return certificate ?? null
}
