import { escapeText } from '#protocols/xml/escape.ts'
import type { Occasion } from './issue.ts'
import { elementOf, replace, swap, withAttribute, without } from './surgery.ts'

/** Who the attacks below try to become. */
const victim = 'victim@example.com'

/** Changes who signed in, in every place, after the signature was made. */
export function tamper(xml: string, { person }: Occasion): string {
  const from = `>${escapeText(person.email)}<`
  replace(xml, from, '')
  return xml.replaceAll(from, `>${victim}<`)
}

/**
 * Signature wrapping: the signed assertion moves into an extension, where a verifier that looks for its ID still finds it,
 * and a forged one takes the place where the application reads.
 */
export function wrap(xml: string, occasion: Occasion): string {
  const signed = elementOf(xml, 'Assertion')
  const forged = withAttribute(tamper(without(signed, 'Signature'), occasion), 'Assertion', 'ID', occasion.ids.spare)
  const prefix = /^<([\w-]+):Response/.exec(xml)?.[1] ?? ''
  const extensions = `<${prefix}:Extensions>${signed}</${prefix}:Extensions>`
  return swap(
    swap(xml, 'Assertion', () => forged),
    'Status',
    (status) => extensions + status,
  )
}

/** A second assertion, about somebody else, beside the first. */
export function addAssertion(xml: string, occasion: Occasion): string {
  return swap(
    xml,
    'Assertion',
    (assertion) => assertion + withAttribute(tamper(assertion, occasion), 'Assertion', 'ID', occasion.ids.spare),
  )
}

/** The assertion's signature says that it is about another element. */
export function pointElsewhere(xml: string, { ids }: Occasion): string {
  return replace(xml, `URI="#${ids.assertion}"`, `URI="#${ids.response}"`)
}

/** The comment is not part of what is signed; a reader who takes the text before it reads another name. */
export function commentInNameId(xml: string): string {
  return swap(xml, 'NameID', (nameId) => replace(nameId, '.attacker.test', '<!---->.attacker.test'))
}

/** One that no version of SAML defines. */
export function addUnknownCondition(xml: string): string {
  return swap(xml, 'Conditions', (conditions) =>
    conditions.replace(/<\/[^<>]+>$/, (end) => `<x:OnlyOnSundays xmlns:x="urn:example:conditions"/>${end}`),
  )
}
