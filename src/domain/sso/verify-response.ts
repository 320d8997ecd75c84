import type { Result } from '#protocols/result.ts'
import type { Rejection } from '#protocols/saml/rejection.ts'
import { type UnverifiedResponse, type VerifiedAssertion, verifyResponse } from '#protocols/saml/response.ts'
import { optionsOf, serviceProvider } from '../connections/present.ts'
import type { SigningKeyCache } from '../environments/signing-key-cache.ts'
import { domainOf } from './attributes.ts'
import { keyOf } from './certificate-keys.ts'
import type { Target } from './login-row.ts'

export interface VerifyDeps {
  readonly signingKeys: SigningKeyCache
  readonly baseUrl: string
}

/** Judges a response by what the connection knows, as of a time. */
export async function verifyAgainst(
  deps: VerifyDeps,
  target: Target,
  response: UnverifiedResponse,
  { requestId, now }: { readonly requestId: string | null; readonly now: Date },
): Promise<Result<VerifiedAssertion, Rejection>> {
  const options = optionsOf(target)
  const sp = serviceProvider(deps.baseUrl, target.external_key, options)
  const decryptionKeys = await deps.signingKeys.get(target.environment_id, 'saml')
  return verifyResponse(response, {
    idpEntityId: target.idp_entity_id ?? '',
    keys: target.idp_certificates.map(keyOf),
    spEntityId: sp.entityId,
    acsUrl: sp.acsUrl,
    requestId,
    now,
    clockSkewSeconds: options.clock_skew_seconds,
    requireSignedResponse: options.require_signed_response,
    allowSha1: options.allow_sha1,
    decryptionKeys: decryptionKeys.map(({ privateKey }) => privateKey),
  })
}

/** Whether the organization lets somebody with this address in. */
export function mayEnter(target: Target, email: string): boolean {
  return target.allow_profiles_outside_organization || target.domains.some(({ domain }) => domain === domainOf(email))
}

export function outsideDomains(email: string, target: Target): string {
  const domains = target.domains.map(({ domain }) => domain).join(', ')
  return `'${email}' is outside the organization's verified domains (${domains === '' ? 'it has none' : domains}). Verify the domain, or allow profiles outside the organization.`
}
