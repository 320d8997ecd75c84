import { issueErrorResponse, type IssueOptions, type IssueSigning } from '#protocols/saml/issue.ts'
import type { RejectionCode } from '#protocols/saml/rejection.ts'
import { at, goodOptions, issue, issueEdited, minuteMilliseconds, type Occasion } from './issue.ts'
import { addAssertion, addUnknownCondition, commentInNameId, pointElsewhere, tamper, wrap } from './mischief.ts'
import type { Person } from './people.ts'
import { replace, swap, withAttribute, without, withoutAttribute } from './surgery.ts'

/** What a service provider should make of a response: SAML's own verdicts, and three that come after them. */
export type Verdict = 'accepted' | RejectionCode | 'replayed' | 'email_missing' | 'outside_organization'

/** The menu of the sign-in page, in its order. */
export const scenarioGroups = [
  'Unusual, but valid',
  'Clocks and lifetimes',
  'Wrong address',
  'Signature',
  'Who it is',
  'What was asked',
  'Shape of the message',
] as const

export interface Scenario {
  readonly slug: string
  readonly title: string
  /** Those of group `Outcome` have buttons of their own. */
  readonly group: (typeof scenarioGroups)[number] | 'Outcome'
  /** What the service provider should say, in one line. */
  readonly explanation: string
  readonly verdict: Verdict
  /** Where it is another one because the sign-in started here. */
  readonly verdictUnasked?: Verdict
  /** What this identity provider must have first. */
  readonly needs?: 'encryption_certificate' | 'previous_response'
  readonly respond: (occasion: Occasion) => string
}

const status = 'urn:oasis:names:tc:SAML:2.0:status'
const anotherIdp = 'https://another-idp.test/saml'
const manyGroups = Array.from({ length: 200 }, (_, index) => `Group ${String(index + 1)}`)

export const success: Scenario = {
  slug: 'success',
  title: 'Success',
  group: 'Outcome',
  explanation: 'A good response: the user is signed in.',
  verdict: 'accepted',
  respond: (occasion) => issue(occasion),
}

export const guestDomain: Scenario = {
  slug: 'guest-domain',
  title: 'Guest email domain',
  group: 'Outcome',
  explanation: 'The address is outside the organization’s domains: refused, unless guests are allowed.',
  verdict: 'outside_organization',
  respond: (occasion) => issue(occasion),
}

/** Everything that can be asked for. What each changes is all that differs from a good response. */
export const scenarios: readonly Scenario[] = [
  success,
  guestDomain,
  {
    slug: 'error-response',
    title: 'Error response',
    group: 'Outcome',
    explanation: 'The identity provider reports that it could not sign the user in (Responder, AuthnFailed).',
    verdict: 'idp_status',
    respond: (occasion) => refuse(occasion, 'AuthnFailed', 'The user is not assigned to this application.'),
  },
  {
    slug: 'cancel',
    title: 'Cancel',
    group: 'Outcome',
    explanation: 'The user turned back at the identity provider (Responder, RequestDenied).',
    verdict: 'idp_status',
    respond: (occasion) => refuse(occasion, 'RequestDenied', 'The user cancelled the sign-in.'),
  },

  {
    slug: 'encrypted',
    title: 'Encrypted assertion',
    group: 'Unusual, but valid',
    explanation: 'Decrypted with the service provider’s key, then accepted. Needs its certificate.',
    verdict: 'accepted',
    needs: 'encryption_certificate',
    respond: (occasion) => issue(occasion, { encrypt: encryption(occasion) }),
  },
  {
    slug: 'only-response-signed',
    title: 'Only the response signed',
    group: 'Unusual, but valid',
    explanation: 'Accepted: the response’s signature covers the assertion.',
    verdict: 'accepted',
    respond: (occasion) => issue(occasion, { sign: signing(occasion, { response: true, assertion: false }) }),
  },
  {
    slug: 'only-assertion-signed',
    title: 'Only the assertion signed',
    group: 'Unusual, but valid',
    explanation: 'Accepted, unless the connection requires signed responses.',
    verdict: 'accepted',
    respond: (occasion) => issue(occasion, { sign: signing(occasion, { response: false, assertion: true }) }),
  },
  {
    slug: 'transient-name-id',
    title: 'Transient NameID',
    group: 'Unusual, but valid',
    explanation: 'Accepted, with a NameID that is another one each time: it identifies nobody.',
    verdict: 'accepted',
    respond: (occasion) =>
      issue(occasion, {
        nameId: occasion.ids.spare,
        nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      }),
  },
  {
    slug: 'many-groups',
    title: '200 groups',
    group: 'Unusual, but valid',
    explanation: 'Accepted, with every group in its order.',
    verdict: 'accepted',
    respond: (occasion) => issue(occasion, { attributes: attributesOf(occasion, { groups: manyGroups }) }),
  },
  {
    slug: 'no-names',
    title: 'No names',
    group: 'Unusual, but valid',
    explanation: 'Accepted, without a first and a last name.',
    verdict: 'accepted',
    respond: (occasion) => issue(occasion, { attributes: attributesOf(occasion, { firstName: '', lastName: '' }) }),
  },
  {
    slug: 'clock-slightly-fast',
    title: 'Clock 30 seconds fast',
    group: 'Unusual, but valid',
    explanation: 'Accepted: small differences between two clocks are normal.',
    verdict: 'accepted',
    respond: (occasion) => issue(occasion, { ...at(later(occasion, 0.5)), notBefore: later(occasion, 0.5) }),
  },

  {
    slug: 'expired',
    title: 'Expired',
    group: 'Clocks and lifetimes',
    explanation: 'Refused: everything in it is an hour old. Somebody kept it, or a clock is slow.',
    verdict: 'confirmation_expired',
    respond: (occasion) => issue(occasion, at(later(occasion, -60))),
  },
  {
    slug: 'conditions-expired',
    title: 'Conditions expired',
    group: 'Clocks and lifetimes',
    explanation: 'Refused: the subject may still be confirmed, but the assertion’s own time is over.',
    verdict: 'expired',
    respond: (occasion) =>
      issueEdited(occasion, (xml) =>
        withAttribute(xml, 'Conditions', 'NotOnOrAfter', later(occasion, -60).toISOString()),
      ),
  },
  {
    slug: 'not-yet-valid',
    title: 'Not yet valid',
    group: 'Clocks and lifetimes',
    explanation: 'Refused: the identity provider’s clock is ten minutes fast.',
    verdict: 'too_early',
    respond: (occasion) => issue(occasion, at(later(occasion, 10))),
  },
  {
    slug: 'session-ended',
    title: 'Session already over',
    group: 'Clocks and lifetimes',
    explanation: 'Refused: the identity provider says that the user’s session ended an hour ago.',
    verdict: 'session_expired',
    respond: (occasion) =>
      issueEdited(occasion, (xml) =>
        swap(xml, 'AuthnStatement', (statement) =>
          replace(
            statement,
            ' SessionIndex=',
            ` SessionNotOnOrAfter="${later(occasion, -60).toISOString()}" SessionIndex=`,
          ),
        ),
      ),
  },
  {
    slug: 'no-expiry',
    title: 'No expiry',
    group: 'Clocks and lifetimes',
    explanation: 'Refused: without NotOnOrAfter on its confirmation it could be used for ever.',
    verdict: 'confirmation_without_end',
    respond: (occasion) =>
      issueEdited(occasion, (xml) => withoutAttribute(xml, 'SubjectConfirmationData', 'NotOnOrAfter')),
  },

  {
    slug: 'wrong-audience',
    title: 'Wrong audience',
    group: 'Wrong address',
    explanation: 'Refused: it is meant for another application (SP Entity ID).',
    verdict: 'wrong_audience',
    respond: (occasion) => issue(occasion, { audience: 'https://another-app.test/saml' }),
  },
  {
    slug: 'no-audience',
    title: 'No audience',
    group: 'Wrong address',
    explanation: 'Refused: it does not say which application it is meant for.',
    verdict: 'no_audience',
    respond: (occasion) => issueEdited(occasion, (xml) => without(xml, 'AudienceRestriction')),
  },
  {
    slug: 'wrong-recipient',
    title: 'Wrong recipient',
    group: 'Wrong address',
    explanation: 'Refused: the assertion is meant for another ACS URL.',
    verdict: 'wrong_recipient',
    respond: (occasion) => issue(occasion, { recipient: 'https://another-app.test/acs' }),
  },
  {
    slug: 'wrong-destination',
    title: 'Wrong destination',
    group: 'Wrong address',
    explanation: 'Refused: the response is meant for another ACS URL.',
    verdict: 'wrong_destination',
    respond: (occasion) => issue(occasion, { destination: 'https://another-app.test/acs' }),
  },
  {
    slug: 'no-destination',
    title: 'No destination',
    group: 'Wrong address',
    explanation: 'Refused: a signed response has to say where it was sent.',
    verdict: 'no_destination',
    respond: (occasion) =>
      issueEdited(occasion, (xml) => withoutAttribute(xml, 'Response', 'Destination'), {
        sign: signing(occasion, { response: true, assertion: true }),
      }),
  },
  {
    slug: 'wrong-issuer',
    title: 'Wrong issuer',
    group: 'Wrong address',
    explanation: 'Refused: it names another identity provider as its sender.',
    verdict: 'wrong_response_issuer',
    respond: (occasion) => issue(occasion, { issuer: anotherIdp }),
  },
  {
    slug: 'wrong-assertion-issuer',
    title: 'Wrong issuer of the assertion',
    group: 'Wrong address',
    explanation: 'Refused: the response is right, but the assertion in it names another identity provider.',
    verdict: 'wrong_issuer',
    respond: (occasion) =>
      issueEdited(occasion, (xml) =>
        swap(xml, 'Assertion', (assertion) =>
          swap(assertion, 'Issuer', (issuer) => replace(issuer, />[^<]*</, `>${anotherIdp}<`)),
        ),
      ),
  },

  {
    slug: 'unsigned',
    title: 'Unsigned',
    group: 'Signature',
    explanation: 'Refused: anybody could have written it.',
    verdict: 'not_signed',
    respond: (occasion) => issue(occasion, { sign: null }),
  },
  {
    slug: 'sha1',
    title: 'SHA-1 signature',
    group: 'Signature',
    explanation: 'Refused, unless the connection allows SHA-1: it can be forged.',
    verdict: 'sha1',
    respond: (occasion) =>
      issue(occasion, {
        sign: {
          ...signing(occasion, occasion.kind.signs),
          signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
          digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1',
        },
      }),
  },
  {
    slug: 'wrong-key',
    title: 'Unknown certificate',
    group: 'Signature',
    explanation:
      'Refused: signed with a key that is not in the metadata, although the response brings its certificate.',
    verdict: 'wrong_signature',
    respond: (occasion) => issue(occasion, { sign: { ...occasion.kind.signs, ...occasion.stranger } }),
  },
  {
    slug: 'tampered',
    title: 'Changed after signing',
    group: 'Signature',
    explanation: 'Refused: the signature is right, but not for this user.',
    verdict: 'wrong_digest',
    respond: (occasion) => tamper(issue(occasion), occasion),
  },
  {
    slug: 'wrapped',
    title: 'Wrapped signature',
    group: 'Signature',
    explanation: 'Refused: the signed assertion is hidden in an extension, and a forged one is in its place (XSW).',
    verdict: 'unexpected_content',
    respond: (occasion) =>
      wrap(issue(occasion, { sign: signing(occasion, { response: false, assertion: true }) }), occasion),
  },
  {
    slug: 'signature-of-another-element',
    title: 'Signature of another element',
    group: 'Signature',
    explanation: 'Refused: the assertion’s signature says that it is about something else.',
    verdict: 'signature_reference',
    respond: (occasion) =>
      pointElsewhere(issue(occasion, { sign: signing(occasion, { response: false, assertion: true }) }), occasion),
  },

  {
    slug: 'missing-email',
    title: 'No email',
    group: 'Who it is',
    explanation: 'Refused: no attribute holds an address, and the NameID is not one either.',
    verdict: 'email_missing',
    respond: (occasion) =>
      issue(occasion, {
        nameId: occasion.person.id,
        nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        attributes: attributesOf(occasion, { email: '' }),
      }),
  },
  {
    slug: 'missing-name-id',
    title: 'No NameID',
    group: 'Who it is',
    explanation: 'Refused: the assertion does not say whom it is about.',
    verdict: 'no_name_id',
    respond: (occasion) => issueEdited(occasion, (xml) => without(xml, 'NameID')),
  },
  {
    slug: 'comment-in-name-id',
    title: 'Comment in the NameID',
    group: 'Who it is',
    explanation: 'Refused: a comment cuts the address in two. The signature is right, for comments are not signed.',
    verdict: 'not_xml',
    respond: (occasion) => commentInNameId(issue(occasion, { nameId: `${occasion.person.email}.attacker.test` })),
  },
  {
    slug: 'not-bearer',
    title: 'No bearer confirmation',
    group: 'Who it is',
    explanation: 'Refused: the assertion may only be used by somebody who holds a key.',
    verdict: 'no_bearer_confirmation',
    respond: (occasion) =>
      issueEdited(occasion, (xml) =>
        withAttribute(xml, 'SubjectConfirmation', 'Method', 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key'),
      ),
  },

  {
    slug: 'replay',
    title: 'Replay',
    group: 'What was asked',
    explanation:
      'Refused: the very response that was sent last time, so it answers an old request or is known already.',
    verdict: 'wrong_request',
    verdictUnasked: 'replayed',
    needs: 'previous_response',
    respond: ({ previous }) => previous ?? '',
  },
  {
    slug: 'other-request',
    title: 'Answer to another request',
    group: 'What was asked',
    explanation: 'Refused: it answers a request that this sign-in did not make.',
    verdict: 'wrong_request',
    verdictUnasked: 'unknown_request',
    respond: (occasion) => issue(occasion, { inResponseTo: occasion.ids.spare }),
  },
  {
    slug: 'other-request-in-assertion',
    title: 'Assertion for another request',
    group: 'What was asked',
    explanation: 'Refused: the response answers this request, but the assertion in it another one.',
    verdict: 'wrong_confirmation_request',
    respond: (occasion) =>
      issueEdited(
        occasion,
        (xml) =>
          occasion.requestId === null
            ? withoutAttribute(xml, 'Response', 'InResponseTo')
            : withAttribute(xml, 'Response', 'InResponseTo', occasion.requestId),
        { inResponseTo: occasion.ids.spare },
      ),
  },
  {
    slug: 'unsolicited',
    title: 'Unsolicited',
    group: 'What was asked',
    explanation: 'Refused: it answers no request although one was made. An assertion stolen elsewhere looks like this.',
    verdict: 'wrong_request',
    verdictUnasked: 'accepted',
    respond: (occasion) => issue(occasion, { inResponseTo: null }),
  },

  {
    slug: 'failed-with-assertion',
    title: 'Failure with an assertion',
    group: 'Shape of the message',
    explanation: 'Refused: there is a good assertion, but the status does not say success.',
    verdict: 'idp_status',
    respond: (occasion) =>
      issueEdited(occasion, (xml) => withAttribute(xml, 'StatusCode', 'Value', `${status}:Responder`)),
  },
  {
    slug: 'doctype',
    title: 'Document type declaration',
    group: 'Shape of the message',
    explanation: 'Refused: a DTD can read files and fill memory; no SAML message has one.',
    verdict: 'not_xml',
    respond: (occasion) => `<!DOCTYPE Response [<!ENTITY user "victim@example.com">]>${issue(occasion)}`,
  },
  {
    slug: 'two-assertions',
    title: 'Two assertions',
    group: 'Shape of the message',
    explanation: 'Refused: both are signed, and they are about two users.',
    verdict: 'several_assertions',
    respond: (occasion) =>
      issueEdited(occasion, (xml) => addAssertion(xml, occasion), {
        sign: signing(occasion, { response: true, assertion: true }),
      }),
  },
  {
    slug: 'no-assertion',
    title: 'No assertion',
    group: 'Shape of the message',
    explanation: 'Refused: it reports success and says nothing about anybody.',
    verdict: 'no_assertion',
    respond: (occasion) =>
      issueEdited(occasion, (xml) => without(xml, 'Assertion'), {
        sign: signing(occasion, { response: true, assertion: false }),
      }),
  },
  {
    slug: 'duplicate-id',
    title: 'One ID for two elements',
    group: 'Shape of the message',
    explanation: 'Refused: nobody can tell which of the two elements the signature is about.',
    verdict: 'duplicate_id',
    respond: (occasion) => withAttribute(issue(occasion), 'Response', 'ID', occasion.ids.assertion),
  },
  {
    slug: 'old-version',
    title: 'SAML 1.1',
    group: 'Shape of the message',
    explanation: 'Refused: only version 2.0 is spoken.',
    verdict: 'wrong_version',
    respond: (occasion) => issueEdited(occasion, (xml) => withAttribute(xml, 'Response', 'Version', '1.1')),
  },
  {
    slug: 'no-conditions',
    title: 'No conditions',
    group: 'Shape of the message',
    explanation: 'Refused: it says neither for whom nor for how long it is good.',
    verdict: 'no_conditions',
    respond: (occasion) => issueEdited(occasion, (xml) => without(xml, 'Conditions')),
  },
  {
    slug: 'unknown-condition',
    title: 'Unknown condition',
    group: 'Shape of the message',
    explanation: 'Refused: a condition that is not understood cannot be met.',
    verdict: 'unknown_condition',
    respond: (occasion) => issueEdited(occasion, addUnknownCondition),
  },
  {
    slug: 'no-authn-statement',
    title: 'No authentication statement',
    group: 'Shape of the message',
    explanation: 'Refused: it describes the user, and does not say that the user signed in.',
    verdict: 'no_authn_statement',
    respond: (occasion) => issueEdited(occasion, (xml) => without(xml, 'AuthnStatement')),
  },
]

const bySlug: ReadonlyMap<string, Scenario> = new Map(scenarios.map((scenario) => [scenario.slug, scenario]))

export function findScenario(slug: string): Scenario | undefined {
  return bySlug.get(slug)
}

function refuse(occasion: Occasion, reason: string, statusMessage: string): string {
  return issueErrorResponse({
    ...goodOptions(occasion),
    statusCode: `${status}:Responder`,
    subStatusCode: `${status}:${reason}`,
    statusMessage,
  })
}

function signing(occasion: Occasion, signs: { readonly response: boolean; readonly assertion: boolean }): IssueSigning {
  return { ...signs, ...occasion.signing }
}

function attributesOf({ kind, person }: Occasion, changes: Partial<Person>): IssueOptions['attributes'] {
  return kind.attributes({ ...person, ...changes })
}

function encryption({ serviceProvider }: Occasion): IssueOptions['encrypt'] {
  const certificate = serviceProvider.encryptionCertificate
  return certificate === null ? null : { certificate, algorithm: 'aes256-cbc' }
}

function later({ now }: Occasion, minutes: number): Date {
  return new Date(now.getTime() + minutes * minuteMilliseconds)
}
