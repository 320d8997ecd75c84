import { randomBytes } from 'node:crypto'
import { ok, refused, type Result } from '#protocols/result.ts'
import { encodePost } from '#protocols/saml/bindings.ts'
import { testIdpEntityId, testIdpHomeUrl } from './addresses.ts'
import type { Choice } from './choice.ts'
import type { DoorDeps } from './door.ts'
import { kindOf } from './idp.ts'
import type { Occasion } from './issue.ts'
import type { Pending } from './pending.ts'
import { type Problem, problem } from './problem.ts'
import type { Scenario } from './scenarios.ts'

/** What the browser is to carry to the service provider. */
export interface Answer {
  readonly acsUrl: string
  readonly xml: string
  /** `xml` as base64. */
  readonly samlResponse: string
  readonly relayState: string | undefined
  readonly scenario: Scenario
}

export async function answerSignIn(deps: DoorDeps, pending: Pending, choice: Choice): Promise<Result<Answer, Problem>> {
  const { idp, serviceProvider, requestId, relayState } = pending
  const { scenario, person } = choice
  const sent = { slug: idp.slug, spEntityId: serviceProvider.entityId, solicited: requestId !== null }
  const occasion: Occasion = {
    kind: kindOf(idp),
    issuer: testIdpEntityId(deps.baseUrl, idp.slug),
    signing: idp.signing,
    stranger: await deps.registry.stranger(),
    serviceProvider,
    requestId,
    person,
    now: deps.clock(),
    ids: { response: freshId(), assertion: freshId(), session: freshId(), spare: freshId() },
    previous: deps.registry.lastResponse(sent),
  }
  const missing = missingNeed(occasion, scenario, idp.slug)
  if (missing) return refused(missing)
  const xml = scenario.respond(occasion)
  if (scenario.verdict === 'accepted') deps.registry.rememberResponse(sent, xml)
  return ok({ acsUrl: serviceProvider.acsUrl, xml, samlResponse: encodePost(xml), relayState, scenario })
}

function missingNeed({ serviceProvider, previous }: Occasion, scenario: Scenario, slug: string): Problem | undefined {
  if (scenario.needs === 'encryption_certificate' && serviceProvider.encryptionCertificate === null)
    return problem(
      409,
      'no_encryption_certificate',
      `The encryption certificate of ${serviceProvider.entityId} is not known here.`,
      'Register the service provider with its certificate, then sign in again.',
      testIdpHomeUrl('', slug),
    )
  if (scenario.needs === 'previous_response' && previous === undefined)
    return problem(
      409,
      'nothing_to_replay',
      'No good response has been sent to this service provider in this way yet.',
      'Sign in once, then replay it.',
      testIdpHomeUrl('', slug),
    )
  return undefined
}

/** SAML core §1.3.4: 128 random bits or more, and an XML name, so no digit comes first. */
function freshId(): string {
  return `_${randomBytes(20).toString('hex')}`
}
