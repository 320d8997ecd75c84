import { describe, expect, test } from 'vitest'
import { canonicalize } from '../xml/c14n.ts'
import { parseXml } from '../xml/parse.ts'
import {
  edit,
  elementText,
  encrypted,
  idp,
  layouts,
  signAs,
  unsigned,
  verdict,
  verifyMessage,
} from './testdata/messages.ts'

/** A message that was really signed, as an attacker holds one. */
const signedResponse = signAs(unsigned(), 'response')
const signedAssertion = signAs(unsigned(), 'assertion')
const signedBoth = signAs(unsigned(), 'both')

const signature = (xml: string) => elementText(xml, 'ds:Signature')
const assertion = (xml: string) => elementText(xml, 'saml2:Assertion')
const withoutSignature = (xml: string) => edit(xml, signature(xml), '')
const renamed = (xml: string, from: string) => edit(xml, `ID="${from}"`, 'ID="_evil"')

/** The same for Eve, with her own IDs or with those of the original. */
function evil(xml: string, keepIds = false): string {
  const text = xml.replaceAll('ada@example.com', 'eve@example.com')
  return keepIds ? text : text.replaceAll(/ ID="_(response|assertion)"/g, ' ID="_evil_$1"')
}

function into(container: string, name: string, content: string): string {
  return edit(container, `</${name}>`, `${content}</${name}>`)
}

const object = (content: string) => `<ds:Object>${content}</ds:Object>`
const extensions = (content: string) => `<saml2p:Extensions>${content}</saml2p:Extensions>`
const advice = (content: string) => `<saml2:Advice>${content}</saml2:Advice>`

describe('signature wrapping', () => {
  for (const keepIds of [false, true]) {
    const eve = (xml: string) => evil(xml, keepIds)
    const ids = keepIds ? 'the same IDs' : 'new IDs'

    test.each<[string, () => string]>([
      [
        'XSW1: the signed response inside the signature of a forged one',
        () => {
          const forged = eve(withoutSignature(signedResponse))
          const wrapped = into(signature(signedResponse), 'ds:Signature', object(withoutSignature(signedResponse)))
          return edit(forged, '</saml2:Issuer><saml2p:Status>', `</saml2:Issuer>${wrapped}<saml2p:Status>`)
        },
      ],
      [
        'XSW2: the signed response beside a detached signature in a forged one',
        () => {
          const forged = eve(withoutSignature(signedResponse))
          const detached = withoutSignature(signedResponse) + signature(signedResponse)
          return edit(forged, '<saml2p:Status>', `${detached}<saml2p:Status>`)
        },
      ],
      [
        'XSW3: a forged assertion before the signed one',
        () =>
          edit(
            signedAssertion,
            assertion(signedAssertion),
            eve(withoutSignature(assertion(signedAssertion))) + assertion(signedAssertion),
          ),
      ],
      [
        'XSW4: the signed assertion inside a forged one',
        () => {
          const original = assertion(signedAssertion)
          return edit(signedAssertion, original, into(eve(withoutSignature(original)), 'saml2:Assertion', original))
        },
      ],
      [
        'XSW5: the signature in a forged assertion, the signed one after it',
        () => {
          const original = assertion(signedAssertion)
          return edit(signedAssertion, original, eve(original) + withoutSignature(original))
        },
      ],
      [
        'XSW6: the signed assertion inside the signature of a forged one',
        () => {
          const original = assertion(signedAssertion)
          const wrapped = into(signature(original), 'ds:Signature', object(withoutSignature(original)))
          return edit(signedAssertion, original, edit(eve(original), signature(original), wrapped))
        },
      ],
      [
        'XSW7: the signed assertion in an extension',
        () => {
          const original = assertion(signedAssertion)
          const forged = edit(signedAssertion, original, eve(withoutSignature(original)))
          return edit(forged, '<saml2p:Status>', `${extensions(original)}<saml2p:Status>`)
        },
      ],
      [
        'XSW8: the signed assertion in the signature’s Object, its signature elsewhere',
        () => {
          const original = assertion(signedAssertion)
          const wrapped = into(signature(original), 'ds:Signature', object(original))
          return edit(signedAssertion, original, edit(eve(original), signature(original), wrapped))
        },
      ],
      [
        'the signed assertion as advice of a forged one',
        () => {
          const original = assertion(signedAssertion)
          const forged = eve(withoutSignature(original))
          return edit(
            signedAssertion,
            original,
            edit(forged, '</saml2:Conditions>', `</saml2:Conditions>${advice(original)}`),
          )
        },
      ],
      [
        'the signed assertion in the confirmation data of a forged one',
        () => {
          const original = assertion(signedAssertion)
          const forged = edit(
            eve(withoutSignature(original)),
            /(<saml2:SubjectConfirmationData [^>]*)\/>/,
            `<saml2:SubjectConfirmationData>${original}</saml2:SubjectConfirmationData>`,
          )
          return edit(signedAssertion, original, forged)
        },
      ],
      [
        'the signed assertion in an attribute of a forged one',
        () => {
          const original = assertion(signedAssertion)
          const forged = edit(eve(withoutSignature(original)), '>Engineering<', `>${original}<`)
          return edit(signedAssertion, original, forged)
        },
      ],
      [
        'the signed assertion in an unknown condition of a forged one',
        () => {
          const original = assertion(signedAssertion)
          const forged = eve(withoutSignature(original))
          return edit(
            signedAssertion,
            original,
            edit(forged, '</saml2:Conditions>', `<x xmlns="urn:x">${original}</x></saml2:Conditions>`),
          )
        },
      ],
      [
        'the signed assertion in the status detail',
        () => {
          const original = assertion(signedAssertion)
          const forged = edit(signedAssertion, original, eve(withoutSignature(original)))
          return edit(
            forged,
            '</saml2p:Status>',
            `<saml2p:StatusDetail>${original}</saml2p:StatusDetail></saml2p:Status>`,
          )
        },
      ],
      [
        'the signed assertion in KeyInfo',
        () => {
          const original = assertion(signedAssertion)
          const wrapped = into(signature(original), 'ds:KeyInfo', withoutSignature(original))
          return edit(signedAssertion, original, edit(eve(original), signature(original), wrapped))
        },
      ],
      [
        'a forged assertion encrypted beside the signed one',
        () => {
          const original = assertion(signedAssertion)
          const forged = elementText(
            encrypted(edit(signedAssertion, original, eve(withoutSignature(original)))),
            'saml:EncryptedAssertion',
          )
          return edit(signedAssertion, original, forged + original)
        },
      ],
      [
        'the signature moved from the assertion to the response',
        () => {
          const moved = withoutSignature(signedAssertion)
          return edit(eve(moved), '<saml2p:Status>', `${signature(signedAssertion)}<saml2p:Status>`)
        },
      ],
    ])(`%s (${ids})`, (_title, build) => {
      const outcome = verifyMessage(build())
      expect(outcome).toHaveProperty('refused')
    })
  }

  test('of a response that itself is in the forged one', () => {
    const forged = edit(
      evil(withoutSignature(signedResponse)),
      '<saml2p:Status>',
      `${extensions(signedResponse)}<saml2p:Status>`,
    )
    expect(verdict(forged)).toBe('unexpected_content')
  })

  test('the pieces the attacks are built from are accepted where they belong', () => {
    for (const xml of [signedResponse, signedAssertion, signedBoth]) expect(verdict(xml)).toBe('accepted')
    expect(verdict(withoutSignature(signedAssertion))).toBe('not_signed')
    expect(verdict(renamed(withoutSignature(signedBoth), '_response'))).toBe('accepted')
  })
})

describe('a signature elsewhere', () => {
  const original = signature(signedAssertion)
  const bare = withoutSignature(signedAssertion)
  test.each([
    ['in an extension', edit(bare, '<saml2p:Status>', `${extensions(original)}<saml2p:Status>`)],
    ['in advice', edit(bare, '</saml2:Conditions>', `</saml2:Conditions>${advice(original)}`)],
    ['at the end of the response', into(bare, 'saml2p:Response', original)],
    ['at the end of the assertion', into(bare, 'saml2:Assertion', original)],
    ['before the issuer', edit(bare, '<saml2:Issuer>', `${original}<saml2:Issuer>`)],
    ['twice', edit(signedAssertion, original, original + original)],
  ])('%s is refused as content, before it is looked at', (_place, xml) => {
    expect(verdict(xml)).toBe('unexpected_content')
  })

  test('from another message does not fit this one', () => {
    const other = signAs(unsigned({ nameId: 'eve@example.com' }), 'assertion')
    expect(verdict(edit(signedAssertion, original, signature(other)))).toBe('wrong_digest')
  })
})

describe('text that is read differently by others', () => {
  test('a comment in a signed name is refused, though canonical XML would drop it', () => {
    const cut = edit(signedAssertion, 'ada@example.com<', 'ada@example.com<!---->.evil.example<')
    expect(verdict(cut)).toBe('not_xml')
  })

  test('a comment in a digest is refused', () => {
    expect(verdict(edit(signedAssertion, '<ds:DigestValue>', '<ds:DigestValue><!-- x -->'))).toBe('not_xml')
  })

  test('an element inside a name or a digest is refused', () => {
    expect(verdict(signAs(edit(unsigned(), 'ada@', 'ada<b/>@'), 'both'))).toBe('unexpected_content')
    expect(verdict(edit(signedAssertion, '<ds:DigestValue>', '<ds:DigestValue><b/>'))).toBe('signature_form')
  })

  test('CDATA inside a signed name is the same name, whole', () => {
    const name = edit(signedAssertion, 'ada@example.com<', '<![CDATA[ada]]>@example<![CDATA[.com]]><')
    expect(verifyMessage(name)).toMatchObject({ accepted: { nameId: 'ada@example.com' } })
  })

  test.each([
    ['a document type', edit(signedAssertion, '<saml2p:Response', '<!DOCTYPE a><saml2p:Response')],
    [
      'an entity of its own',
      edit(
        edit(signedAssertion, '<saml2p:Response', '<!DOCTYPE a [<!ENTITY e "eve">]><saml2p:Response'),
        'ada@',
        '&e;@',
      ),
    ],
    [
      'an external entity',
      edit(
        signedAssertion,
        '<saml2p:Response',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><saml2p:Response',
      ),
    ],
    ['a processing instruction', edit(signedAssertion, 'ada@', 'ada<?x?>@')],
    ['a stylesheet', edit(signedAssertion, '<saml2p:Response', '<?xml-stylesheet href="urn:x"?><saml2p:Response')],
    ['text after the end', `${signedAssertion}x`],
    ['a second root', signedAssertion + signedAssertion],
  ])('%s is refused', (_title, xml) => {
    expect(verdict(xml)).toBe('not_xml')
  })
})

describe('void canonicalisation', () => {
  // Where a canonicaliser gives up on a relative namespace, it signs nothing, and one such signature fits every message.
  test('a relative namespace is refused', () => {
    expect(verdict(edit(signedResponse, '<saml2p:Status>', '<saml2p:Status xmlns:x="1">'))).toBe('not_xml')
  })

  test('the digest of nothing is the digest of nothing we have', () => {
    const empty = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    const xml = edit(signedResponse, /(?<=<ds:DigestValue>)[^<]*/, empty)
    expect(verdict(xml)).toBe('wrong_signature')
    for (const message of [signedResponse, signedAssertion]) {
      const parsed = parseXml(message)
      expect(parsed.ok && canonicalize(parsed.value).length).toBeGreaterThan(1000)
    }
  })
})

test.each(layouts)('a signed assertion is only good for its own response in the layout of %s', (layout) => {
  const sign = { response: false, assertion: true, key: idp.privateKey, certificate: idp.certificate }
  const xml = unsigned({ layout, sign })
  expect(verdict(xml)).toBe('accepted')
  expect(verdict(xml.replaceAll('ada@example.com', 'eve@example.com'))).toBe('wrong_digest')
})

test('a signature of the right key over another element is refused', () => {
  const moved = edit(
    withoutSignature(signedAssertion),
    '<saml2p:Status>',
    `${signature(signedAssertion)}<saml2p:Status>`,
  )
  expect(verdict(moved)).toBe('signature_reference')
})
