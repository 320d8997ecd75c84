import type { SsoSessionId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { change } from '#db/work.ts'
import { explain, type Rejection, responseChecks } from '#protocols/saml/rejection.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { readResponse, type UnverifiedResponse, type VerifiedAssertion } from '#protocols/saml/response.ts'
import { type FetchText, fetchIdpSettings } from '../connections/idp-settings.ts'
import { saveIdpSettings } from '../connections/configure.ts'
import { optionsOf } from '../connections/present.ts'
import { readConnectionRow } from '../connections/read.ts'
import type { SigningKeyCache } from '../environments/signing-key-cache.ts'
import { isDomainError } from '../errors.ts'
import { chooseRedirect } from '../redirects/resolve.ts'
import { attemptEvent, type Client, type TimelineEntry } from './attempts.ts'
import { type Person, readPerson } from './attributes.ts'
import { type Failure, recordFailure } from './fail-login.ts'
import { findTarget, type LoginRow, type Target } from './login-row.ts'
import { profileText } from './profile.ts'
import { hashRelayState, withParameters } from './start-login.ts'
import { storeSignIn } from './store-sign-in.ts'
import { unaskedUrl } from './unasked.ts'
import { mayEnter, outsideDomains, verifyAgainst } from './verify-response.ts'

/** A signature by an unknown certificate makes us look at the metadata again, but not for every such response. */
const refetchAfterMs = 60_000

export interface FinishDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly wake: () => void
  readonly signingKeys: SigningKeyCache
  readonly fetchText: FetchText
  readonly secrets: Secrets
  readonly baseUrl: string
}

/** What the identity provider made the browser post. */
export interface SamlPost {
  readonly externalKey: string
  readonly samlResponse: string
  readonly relayState: string | undefined
}

export type Finish =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'unknown_connection' }
  /** Not a SAML response at all: nothing was recorded, and nothing in it was believed. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** For the person at the browser: no detail, a reference for their administrator, and a way back. */
  | { readonly kind: 'refused'; readonly reference: SsoSessionId; readonly backTo: string | null }

/**
 * Judges a SAML response and, when it holds, signs the person in: one read, one write. A refusal is stored with its
 * timeline and announced; both commit.
 */
export async function finishSaml(deps: FinishDeps, post: SamlPost, client: Client): Promise<Finish> {
  const response = readResponse(post.samlResponse)
  const relayHash = post.relayState === undefined ? null : hashRelayState(post.relayState)
  const [target] = await findTarget(
    deps.db.lookUps,
    post.externalKey,
    relayHash,
    response.ok ? response.value.inResponseTo : null,
  )
  if (!target) return { kind: 'unknown_connection' }
  const login = ownLogin(target)
  if (!response.ok) {
    const message = explain(response.error)
    if (!login) return { kind: 'unreadable', message }
    return fail(deps, { target, login, response: undefined, post, client }, rejected(response.error))
  }
  const context = { target, login, response: response.value, post, client }
  const verdict = await judge(deps, context)
  if ('failure' in verdict) return fail(deps, context, verdict.failure)
  return succeed(deps, context, verdict)
}

interface Context {
  readonly target: Target
  /** The login this response answers; undefined when it is unsolicited, or when what it claims does not fit. */
  readonly login: LoginRow | undefined
  readonly response: UnverifiedResponse | undefined
  readonly post: SamlPost
  readonly client: Client
}

interface Accepted {
  readonly assertion: VerifiedAssertion
  readonly person: Person
  readonly redirectUri: string
  readonly connection: Target
}

type Verdict = Accepted | { readonly failure: Failure }

/** The login row the browser carries, when it belongs to the connection that was posted to. */
function ownLogin(target: Target): LoginRow | undefined {
  const row = target.by_relay_state
  return row?.connection_id === target.id && row.environment_id === target.environment_id ? row : undefined
}

/** Ordered: who is asked, whether we asked, whether it is true, who it is, and whether they may. */
async function judge(deps: FinishDeps, context: Context & { response: UnverifiedResponse }): Promise<Verdict> {
  const { target, login, response, post } = context
  if (target.idp_entity_id === null || (target.state !== 'active' && target.state !== 'validating'))
    return failed(
      'connection_inactive',
      `The connection is ${target.state} and does not sign anybody in.`,
      'connection_invalid',
    )
  const unsolicited = login === undefined
  const refusal = unsolicited ? checkUnsolicited(context) : checkLogin(login, target, deps.clock())
  if (refusal) return { failure: refusal }

  const verified = await verify(deps, target, response, login?.request_id ?? null)
  if (!verified.result.ok) return { failure: rejected(verified.result.error) }
  const assertion = verified.result.value
  const person = readPerson(assertion, target.attribute_map)
  if (!person.ok) return { failure: { ...person.error, checksPassed: true } }
  const { email } = person.value
  if (!mayEnter(target, email))
    return {
      failure: {
        code: 'profile_not_allowed_outside_organization',
        message: outsideDomains(email, target),
        toApp: {
          error: 'profile_not_allowed_outside_organization',
          description: `The profile's e-mail domain is not one of the organization's domains.`,
        },
        email,
        checksPassed: true,
      },
    }
  const redirectUri = unsolicited ? unsolicitedRedirect(deps, target, post.relayState) : login.redirect_uri
  if (redirectUri === undefined)
    return {
      failure: {
        code: 'no_default_redirect_uri',
        message: 'The environment has no default redirect URI to send an identity-provider-initiated sign-in to.',
        email,
        checksPassed: true,
      },
    }
  return { assertion, person: person.value, redirectUri, connection: verified.target }
}

function checkUnsolicited({ target, response, post }: Context): Failure | undefined {
  // A response to a request must come back with the handle that went out with it: SAML bindings §3.5.3.
  if (response?.inResponseTo != null)
    return {
      code: 'request_unknown',
      message: `The response answers request '${response.inResponseTo}', but ${
        post.relayState === undefined
          ? 'came without RelayState'
          : 'its RelayState belongs to no open sign-in of this connection'
      }. Sign-ins last ten minutes and work once: start again from the application.`,
    }
  if (optionsOf(target).allow_idp_initiated) return undefined
  return {
    code: 'idp_initiated_sso_disabled',
    message: 'The sign-in started at the identity provider, which this connection does not allow.',
    toApp: {
      error: 'idp_initiated_sso_disabled',
      description: 'Sign-in started by the identity provider is disabled for this connection.',
      extra: { connection_id: target.id, organization_id: target.organization_id },
    },
  }
}

function checkLogin(login: LoginRow, target: Target, now: Date): Failure | undefined {
  if (target.by_request !== null && target.by_request.id !== login.id)
    return {
      code: 'relay_state_mismatch',
      message: 'InResponseTo and RelayState belong to two different sign-ins.',
    }
  if (login.state === 'succeeded')
    return { code: 'already_answered', message: 'This sign-in was completed before. Start again from the application.' }
  if (new Date(login.expires_at) <= now)
    return {
      code: 'login_expired',
      message: `The sign-in had to be finished by ${new Date(login.expires_at).toISOString()}. Start again from the application.`,
    }
  return undefined
}

/** Verifies; when no stored certificate fits, once more with freshly fetched metadata: providers rotate their keys. */
async function verify(deps: FinishDeps, target: Target, response: UnverifiedResponse, requestId: string | null) {
  const first = await verifyAgainst(deps, target, response, { requestId, now: deps.clock() })
  if (first.ok || !isKeyProblem(first.error) || !mayRefetch(target, deps.clock())) return { result: first, target }
  const refreshed = await refetchMetadata(deps, target)
  if (!refreshed) return { result: first, target }
  return { result: await verifyAgainst(deps, refreshed, response, { requestId, now: deps.clock() }), target: refreshed }
}

function isKeyProblem(rejection: Rejection): boolean {
  return rejection.code === 'wrong_signature' || rejection.code === 'unusable_certificates'
}

function mayRefetch(target: Target, now: Date): boolean {
  const fetched = target.idp_metadata_fetched_at
  return target.idp_metadata_url !== null && (fetched === null || now.getTime() - fetched.getTime() > refetchAfterMs)
}

/** @returns undefined when there is nothing new: the address fails, or another identity provider answers there now. */
async function refetchMetadata(deps: FinishDeps, target: Target): Promise<Target | undefined> {
  const url = target.idp_metadata_url ?? ''
  try {
    const idp = await fetchIdpSettings(url, deps.fetchText, deps.clock())
    // A changed entity id is never adopted silently: an administrator must save it.
    if (idp.entityId !== target.idp_entity_id) return undefined
    await change(deps, { environment: target.environment_id }, async (work) =>
      saveIdpSettings(work, await readConnectionRow(work.tx, work.environment, target.id, 'lock'), idp),
    )
    return { ...target, idp_certificates: idp.certificates, idp_metadata_fetched_at: deps.clock() }
  } catch (error) {
    // The response is refused for its signature in any case; what the old keys cannot verify stays unverified.
    if (isDomainError(error)) return undefined
    throw error
  }
}

/**
 * With AuthKit the person is asked first and then goes through the application's sign-in endpoint. Elsewhere RelayState may
 * name a registered redirect URI; anything else in it is ignored.
 */
function unsolicitedRedirect(
  { baseUrl }: FinishDeps,
  target: Target,
  relayState: string | undefined,
): string | undefined {
  if (target.sign_in_endpoint !== null) return unaskedUrl(baseUrl)
  const named = relayState?.startsWith('redirect_uri=') ? new URLSearchParams(relayState).get('redirect_uri') : null
  return (
    (named === null ? undefined : chooseRedirect(target.redirects, named)) ??
    chooseRedirect(target.redirects, undefined)
  )
}

async function succeed(
  deps: FinishDeps,
  context: Context & { response: UnverifiedResponse },
  accepted: Accepted,
): Promise<Finish> {
  const { login, client } = context
  const { assertion, person, redirectUri, connection: target } = accepted
  const now = deps.clock()
  const session = login?.id ?? newId('ssoSession', now)
  const attempt = { id: session, organizationId: target.organization_id, connectionId: target.id }
  const stored = await storeSignIn(
    deps,
    {
      environment: target.environment_id,
      session,
      unsolicited: login === undefined,
      organizationId: target.organization_id,
      connectionId: target.id,
      realm: target.realm,
      messages: {
        response: assertion.responseId,
        assertion: assertion.assertionId,
        replayableUntil: assertion.replayableUntil,
      },
      person,
      profile: profileText(target, person),
      redirectUri,
      client,
      timeline: successTimeline(context, accepted, now),
      activates: target.state === 'validating' ? target : undefined,
    },
    (emit) =>
      emit(
        'authentication.sso_succeeded',
        { ...attemptEvent(attempt, client), status: 'succeeded', email: person.email },
        target.organization_id,
      ),
  )
  if ('verdict' in stored && stored.verdict === 'replayed')
    return fail(deps, context, {
      code: 'replayed',
      message: `Assertion '${assertion.assertionId}' or its response was accepted before. An assertion signs in once.`,
      email: person.email,
      checksPassed: true,
    })
  if ('verdict' in stored)
    return fail(deps, context, {
      code: 'already_answered',
      message: 'This sign-in was completed or ran out while the response was being checked.',
      email: person.email,
      checksPassed: true,
    })
  return {
    kind: 'redirect',
    location: withParameters(redirectUri, {
      code: stored.code,
      ...(login?.app_state != null && { state: login.app_state }),
    }),
  }
}

function successTimeline(
  { response, post }: Context,
  { assertion, person, redirectUri }: Accepted,
  now: Date,
): TimelineEntry[] {
  const at = now.toISOString()
  return [
    received(at, post, response),
    {
      at,
      step: 'verified',
      // How many, not which: all of them, always, and a row of every sign-in would hold their names.
      checks: responseChecks.length,
      certificate: assertion.keyFingerprint,
      idp_id: person.idpId,
    },
    { at, step: 'code_issued', redirect_uri: redirectUri },
  ]
}

function received(at: string, post: SamlPost, response: UnverifiedResponse | undefined): TimelineEntry {
  return {
    at,
    step: 'response_received',
    binding: 'post',
    bytes: post.samlResponse.length,
    response_id: response?.id ?? null,
    issuer: response?.issuer ?? null,
    in_response_to: response?.inResponseTo ?? null,
    destination: response?.destination ?? null,
  }
}

async function fail(deps: FinishDeps, context: Context, failure: Failure): Promise<Finish> {
  const { target, login, post, client, response } = context
  const now = deps.clock()
  const reference = await recordFailure(deps, {
    target,
    login,
    client,
    failure,
    refusedResponse: post.samlResponse,
    received: received(now.toISOString(), post, response),
  })
  const redirectUri = login?.redirect_uri ?? chooseRedirect(target.redirects, undefined)
  if (redirectUri === undefined) return { kind: 'refused', reference, backTo: null }
  const { error, description, extra } = failure.toApp ?? {
    error: 'server_error' as const,
    description: `The sign-in could not be completed. Reference: ${reference}`,
    extra: undefined,
  }
  const parameters = {
    error,
    error_description: description,
    ...extra,
    ...(login?.app_state != null && { state: login.app_state }),
  }
  const location = withParameters(redirectUri, parameters)
  return failure.toApp ? { kind: 'redirect', location } : { kind: 'refused', reference, backTo: location }
}

function failed(code: string, message: string, error?: 'connection_invalid'): { readonly failure: Failure } {
  return { failure: { code, message, ...(error && { toApp: { error, description: message } }) } }
}

/** What the identity provider itself decided goes back to the application; everything else is for the administrator. */
function rejected(rejection: Rejection): Failure {
  const failure = { code: rejection.code, message: explain(rejection), rejection }
  if (rejection.code !== 'idp_status') return failure
  const denied = /:(?:RequestDenied|AuthnFailed)$/.test(rejection.subStatusCode ?? rejection.statusCode)
  return {
    ...failure,
    toApp: {
      error: denied ? 'access_denied' : 'server_error',
      description: denied
        ? 'The identity provider refused the sign-in.'
        : 'The identity provider could not complete the sign-in.',
    },
  }
}
