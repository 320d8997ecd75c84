import { type IssueOptions, issueResponse } from '#protocols/saml/issue.ts'
import { signElement } from '#protocols/xmldsig/sign.ts'
import type { Kind } from './kinds.ts'
import type { Person } from './people.ts'
import type { ServiceProvider } from './service-provider.ts'
import type { SigningKey } from './signing-key.ts'

/** Everything a response is made of; the same occasion always makes the same one (but for encryption). */
export interface Occasion {
  readonly kind: Kind
  /** The identity provider's entity ID. */
  readonly issuer: string
  readonly signing: SigningKey
  /** A key that no metadata mentions. */
  readonly stranger: SigningKey
  readonly serviceProvider: ServiceProvider
  readonly requestId: string | null
  readonly person: Person
  readonly now: Date
  /** Fresh identifiers, each an XML name. */
  readonly ids: {
    readonly response: string
    readonly assertion: string
    readonly session: string
    readonly spare: string
  }
  /** The response last sent to this service provider. */
  readonly previous: string | undefined
}

/** How long before and after the moment an assertion is good for, as Okta has it. */
const validityMinutes = 5

export const minuteMilliseconds = 60 * 1000

/** What a well-behaved identity provider of this kind says. */
export function goodOptions(occasion: Occasion): IssueOptions {
  const { kind, ids, person, serviceProvider } = occasion
  return {
    ...at(occasion.now),
    responseId: ids.response,
    assertionId: ids.assertion,
    sessionIndex: ids.session,
    issuer: occasion.issuer,
    destination: serviceProvider.acsUrl,
    recipient: serviceProvider.acsUrl,
    audience: serviceProvider.entityId,
    inResponseTo: occasion.requestId,
    nameId: person.email,
    nameIdFormat: kind.nameIdFormat,
    attributes: [...kind.attributes(person)],
    layout: kind.layout,
    sign: { ...kind.signs, ...occasion.signing },
    encrypt: null,
  }
}

/** Every time in a response, as a clock that shows `now` makes them. */
export function at(now: Date): Pick<IssueOptions, 'issueInstant' | 'authnInstant' | 'notBefore' | 'notOnOrAfter'> {
  return {
    issueInstant: now,
    authnInstant: now,
    notBefore: new Date(now.getTime() - validityMinutes * minuteMilliseconds),
    notOnOrAfter: new Date(now.getTime() + validityMinutes * minuteMilliseconds),
  }
}

/** A good response but for some options. */
export function issue(occasion: Occasion, changes: Partial<IssueOptions> = {}): string {
  return issueResponse({ ...goodOptions(occasion), ...changes })
}

/** A response edited before it is signed, so that its signatures are right and its content is not. */
export function issueEdited(
  occasion: Occasion,
  edit: (xml: string) => string,
  changes: Partial<IssueOptions> = {},
): string {
  const options = { ...goodOptions(occasion), ...changes }
  const edited = edit(issueResponse({ ...options, sign: null }))
  return options.sign === null ? edited : signLike(edited, options, options.sign)
}

/** Inside out: the response's signature covers the assertion's (SAML core §5.4.1). */
function signLike(xml: string, options: IssueOptions, sign: NonNullable<IssueOptions['sign']>): string {
  const inner = sign.assertion ? signElement(xml, { id: options.assertionId, ...sign }) : xml
  return sign.response ? signElement(inner, { id: options.responseId, ...sign }) : inner
}
