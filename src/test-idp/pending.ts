import { ok, refused, type Result } from '#protocols/result.ts'
import { testIdpHomeUrl } from './addresses.ts'
import type { DoorDeps } from './door.ts'
import type { Idp } from './idp.ts'
import { type Problem, problem } from './problem.ts'
import { answerRule, isAcsUrl, isNearby, maximumEntityIdLength, type ServiceProvider } from './service-provider.ts'

/** A sign-in that waits for somebody to say who they are. */
export interface Pending {
  readonly idp: Idp
  readonly serviceProvider: ServiceProvider
  /** The AuthnRequest to answer; null when the sign-in starts here. */
  readonly requestId: string | null
  readonly relayState: string | undefined
  readonly loginHint: string | null
  /** What the request said, for display. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

export interface Asked {
  readonly entityId: string
  /** Null leaves it to what is registered or was seen before. */
  readonly acsUrl: string | null
  readonly requestId: string | null
  readonly relayState: string | undefined
  readonly loginHint?: string | null
  readonly facts?: Pending['facts']
}

/** SAML bindings §3.4.3 allows 80 bytes; others send more, and a test tool should carry what they send. */
const maximumRelayStateLength = 2048

/**
 * Decides whether to answer a service provider, and where. Asked again for every form, so a form may be anybody's.
 */
export function admit(deps: DoorDeps, idp: Idp, asked: Asked): Result<Pending, Problem> {
  const { entityId, requestId, relayState } = asked
  if (entityId === '' || entityId.length > maximumEntityIdLength)
    return refused(problem(400, 'no_service_provider', 'It does not say which service provider asks.', startAgain))
  if (requestId !== null && !isXmlName(requestId))
    return refused(
      problem(
        400,
        'invalid_request_id',
        'The ID of the request is not an XML name of at most 256 characters.',
        'Let it begin with a letter or an underscore, followed by letters, digits, “.”, “-” and “_”.',
      ),
    )
  if ((relayState?.length ?? 0) > maximumRelayStateLength)
    return refused(
      problem(
        400,
        'relay_state_too_long',
        'The RelayState is too long.',
        `Send at most ${String(maximumRelayStateLength)} characters; SAML allows 80 bytes.`,
      ),
    )
  const known = idp.serviceProviders.find((each) => each.entityId === entityId)
  const acsUrl = asked.acsUrl ?? known?.acsUrl
  if (acsUrl === undefined) return refused(unknownServiceProvider(entityId, idp))
  if (!isAcsUrl(acsUrl))
    return refused(
      problem(
        400,
        'invalid_acs_url',
        `“${acsUrl.slice(0, 200)}” is not an ACS URL.`,
        'Use an absolute http or https URL without a user name and a fragment.',
      ),
    )
  const isRegistered = known?.registered === true && known.acsUrl === acsUrl
  if (!isRegistered && !isNearby(acsUrl, deps.baseUrl)) return refused(notAllowed(acsUrl, idp))
  const seen = {
    entityId,
    acsUrl,
    registered: false,
    encryptionCertificate: known?.encryptionCertificate ?? null,
    signingCertificate: known?.signingCertificate ?? null,
  }
  return ok({
    idp,
    serviceProvider: isRegistered ? known : seen,
    requestId,
    relayState,
    loginHint: asked.loginHint ?? null,
    facts: asked.facts ?? [],
  })
}

const startAgain = 'Start the sign-in again at the application.'

function unknownServiceProvider(entityId: string, idp: Idp): Problem {
  return problem(
    404,
    'unknown_service_provider',
    `“${idp.name}” does not know the service provider ${entityId}, so it does not know its ACS URL.`,
    'Register it, or send AssertionConsumerServiceURL in the request.',
    testIdpHomeUrl('', idp.slug),
  )
}

function notAllowed(acsUrl: string, idp: Idp): Problem {
  return problem(
    403,
    'acs_url_not_registered',
    `${new URL(acsUrl).origin} is neither this machine nor a registered service provider.`,
    `${answerRule} Register it.`,
    testIdpHomeUrl('', idp.slug),
  )
}

/** An NCName, near enough: an ID that is none could not be answered with a valid InResponseTo. */
function isXmlName(text: string): boolean {
  return text.length <= 256 && /^[\p{L}_][\p{L}\p{N}\p{M}._-]*$/u.test(text)
}
