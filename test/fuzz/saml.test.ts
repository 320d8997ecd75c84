import { readAuthnRequest } from '#protocols/saml/authn-request.ts'
import { decodeRedirect, encodePost } from '#protocols/saml/bindings.ts'
import { identityProviderMetadata, readIdpMetadata } from '#protocols/saml/metadata.ts'
import { readResponse, type VerifiedAssertion, verifyResponse } from '#protocols/saml/response.ts'
import { encrypted, expected, idp, layouts, now, sp, unsigned } from '#protocols/saml/testdata/messages.ts'
import { canonicalize } from '#protocols/xml/c14n.ts'
import { metadataRules, parseXml, type XmlElement } from '#protocols/xml/parse.ts'
import { describe, expect, test } from 'vitest'

/** The same messages on every run. A failure names its seed; that many rounds are about a second each. */
const rounds = 3000

type Below = (below: number) => number

/** mulberry32: small, and good enough to choose places in a text. */
function random(seed: number): Below {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function pick<T>(next: Below, items: readonly [T, ...T[]]): T {
  return items[next(items.length)] ?? items[0]
}

function splice(text: string, at: number, remove: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + remove)
}

/** What parsers have stumbled over. */
const tokens = [
  '<!--x-->',
  '<![CDATA[',
  ']]>',
  '<?x?>',
  '<!DOCTYPE a [<!ENTITY e "x">]>',
  '&e;',
  '&#0;',
  '&#x41;',
  '&amp;',
  '&',
  '<',
  '>',
  '"',
  "'",
  '/',
  '=',
  ' ',
  '\r\n',
  '\0',
  '\ufeff',
  '\u0085',
  '\ud800',
  'xmlns=""',
  ' xmlns:a="b"',
  ' xmlns:ds="urn:x"',
  ' ID="_assertion"',
  '</saml2:Assertion>',
  '<saml2:NameID>eve</saml2:NameID>',
  '<ds:Object/>',
  'eve@example.com',
  '',
  '-',
  '𝒳',
] as const

/** Everything below an element, with itself. */
function allElements(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : allElements(child)))]
}

function elementsOfText(xml: string): readonly [XmlElement, ...XmlElement[]] | undefined {
  const parsed = parseXml(xml)
  if (!parsed.ok) return undefined
  const [first, ...others] = allElements(parsed.value)
  return first && [first, ...others]
}

const attribute = /[\w:]+="[^"]*"/g

/** Each takes a message apart in its own way; `donor` is one that nobody signed. */
const mutations: readonly [Mutation, ...Mutation[]] = [
  function flipsACharacter(xml, next) {
    const at = next(xml.length)
    return splice(xml, at, 1, String.fromCharCode(xml.charCodeAt(at) ^ (1 << next(7))))
  },
  function insertsAToken(xml, next) {
    return splice(xml, next(xml.length), 0, pick(next, tokens))
  },
  function replacesBySomethingKnown(xml, next) {
    return splice(xml, next(xml.length), next(20), pick(next, tokens))
  },
  function movesText(xml, next) {
    const from = next(xml.length)
    return splice(xml, next(xml.length), next(200), xml.slice(from, from + next(200)))
  },
  function takesTextFromADonor(xml, next, donor) {
    const from = next(donor.length)
    return splice(xml, next(xml.length), next(300), donor.slice(from, from + next(300)))
  },
  function removesAnElement(xml, next) {
    const elements = elementsOfText(xml)
    if (!elements) return xml
    const { start, end } = pick(next, elements)
    return splice(xml, start, end - start, '')
  },
  function repeatsAnElement(xml, next) {
    const elements = elementsOfText(xml)
    if (!elements) return xml
    const { start, end } = pick(next, elements)
    return splice(xml, pick(next, elements).start, 0, xml.slice(start, end))
  },
  function movesAnElement(xml, next) {
    const elements = elementsOfText(xml)
    if (!elements) return xml
    const { start, end } = pick(next, elements)
    const to = pick(next, elements).end
    const text = xml.slice(start, end)
    return to >= end ? splice(splice(xml, to, 0, text), start, end - start, '') : splice(xml, to, 0, text)
  },
  function wrapsAnElementInAnother(xml, next) {
    const elements = elementsOfText(xml)
    if (!elements) return xml
    const [inner, outer] = [pick(next, elements), pick(next, elements)]
    const head = xml.slice(outer.start, xml.indexOf('>', outer.start) + 1).replace(/\/>$/, '>')
    const name = outer.prefix === '' ? outer.localName : `${outer.prefix}:${outer.localName}`
    return splice(xml, inner.start, inner.end - inner.start, `${head}${xml.slice(inner.start, inner.end)}</${name}>`)
  },
  function takesAnElementFromADonor(xml, next, donor) {
    const [elements, foreign] = [elementsOfText(xml), elementsOfText(donor)]
    if (!elements || !foreign) return xml
    const target = pick(next, elements)
    const { start, end } = pick(next, foreign)
    const remove = next(2) === 0 ? 0 : target.end - target.start
    return splice(xml, target.start, remove, donor.slice(start, end))
  },
  function editsAnAttribute(xml, next) {
    const found = [...xml.matchAll(attribute)]
    const [one, other] = [found[next(found.length)], found[next(found.length)]]
    if (!one || !other) return xml
    const value = pick(next, [
      other[0],
      '',
      ` ${one[0]} ${one[0]}`,
      one[0].replace('=', 'x='),
      one[0].replace(/"[^"]*"/, '""'),
    ])
    return splice(xml, one.index, one[0].length, value)
  },
]

type Mutation = (xml: string, next: Below, donor: string) => string

function mutate(xml: string, next: Below, donor: string): string {
  let mutated = xml
  for (let count = 1 + next(3); count > 0; count -= 1) mutated = pick(next, mutations)(mutated, next, donor)
  return mutated
}

/** What a signature vouches for: all but the response's ID, which only the response's own signature covers. */
function identity({ responseId: _responseId, attributes, ...rest }: VerifiedAssertion): string {
  return JSON.stringify([rest, [...attributes]])
}

function verified(xml: string): VerifiedAssertion | undefined {
  const read = readResponse(encodePost(xml))
  const result = read.ok ? verifyResponse(read.value, expected) : read
  return result.ok ? result.value : undefined
}

const signed = (response: boolean, assertion: boolean) => ({
  response,
  assertion,
  key: idp.privateKey,
  certificate: idp.certificate,
})
const bases: readonly (readonly [title: string, xml: string])[] = [
  ...layouts.map(
    (layout) => [`assertion signed (${layout})`, unsigned({ layout, sign: signed(false, true) })] as const,
  ),
  ['response signed', unsigned({ sign: signed(true, false) })],
  ['both signed', unsigned({ sign: signed(true, true) })],
  [
    'encrypted with GCM',
    unsigned({ sign: signed(false, true), encrypt: { certificate: sp.certificate, algorithm: 'aes256-gcm' } }),
  ],
  [
    'encrypted with CBC',
    unsigned({ sign: signed(true, true), encrypt: { certificate: sp.certificate, algorithm: 'aes128-cbc' } }),
  ],
]
const forged = unsigned({
  nameId: 'eve@example.com',
  assertionId: '_evil',
  attributes: [{ name: 'email', values: ['eve@example.com'] }],
})
const donors = [forged, forged.replaceAll('_evil', '_assertion'), encrypted(forged)] as const

describe('no change to a signed response makes it say anything else', () => {
  test.each(bases)('%s', (_title, xml) => {
    const original = verified(xml)
    if (original === undefined) throw new Error('The message is refused as it is.')
    const seen = { accepted: 0, refused: 0 }
    for (let seed = 1; seed <= rounds; seed += 1) {
      const next = random(seed)
      const outcome = verified(mutate(xml, next, pick(next, donors)))
      if (outcome === undefined) seen.refused += 1
      else {
        seen.accepted += 1
        expect(identity(outcome), `seed ${seed}`).toBe(identity(original))
      }
    }
    // Some changes change nothing (an empty insertion) or nothing signed; if none did, the fuzzer would not reach the end.
    expect(seen.accepted).toBeGreaterThan(rounds / 500)
    expect(seen.refused).toBeGreaterThan(rounds / 2)
  })
})

describe('nothing makes a reader throw', () => {
  const metadata = identityProviderMetadata({
    entityId: expected.idpEntityId,
    ssoRedirectUrl: 'https://idp.example/sso',
    ssoPostUrl: 'https://idp.example/sso',
    signingCertificates: [idp.certificate],
    wantAuthnRequestsSigned: true,
  })

  test('metadata, requests, redirects and the form field answer with a result', () => {
    for (let seed = 1; seed <= rounds; seed += 1) {
      const next = random(seed)
      const text = mutate(metadata, next, pick(next, donors))
      const results = [
        readIdpMetadata(text, now),
        readAuthnRequest(text),
        decodeRedirect(`SAMLRequest=${text}`),
        readResponse(text),
      ]
      for (const result of results) expect(typeof result.ok, `seed ${seed}`).toBe('boolean')
    }
  })

  test('what is parsed is parsed the same from its canonical form', () => {
    let parsed = 0
    for (let seed = 1; seed <= rounds * 2; seed += 1) {
      const next = random(seed)
      const text = soup(next)
      const first = parseXml(text, metadataRules)
      if (!first.ok) continue
      parsed += 1
      const canonical = canonicalize(first.value)
      const second = parseXml(canonical, metadataRules)
      expect(second.ok && canonicalize(second.value), `seed ${seed}`).toBe(canonical)
    }
    expect(parsed).toBeGreaterThan(rounds / 20)
  })

  /** Pieces of XML in any order, a few of them closed. */
  function soup(next: Below): string {
    const pieces = [
      '<a>',
      '</a>',
      '<b x="1">',
      '</b>',
      '<p:c xmlns:p="urn:p">',
      '</p:c>',
      '<d xmlns="urn:d"/>',
      "<e y='\"'/>",
      't',
      ' ',
      '&lt;',
      '&#13;',
      '<![CDATA[<]]>',
      '<!---->',
      ...tokens,
    ] as const
    const inside = Array.from({ length: next(12) }, () => pick(next, pieces)).join('')
    return next(4) === 0 ? inside : `<a p:x="1" xmlns:p="urn:p" xmlns="urn:a">${inside}</a>`
  }
})
