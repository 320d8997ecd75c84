import { describe, expect, test } from 'vitest'
import { edit, encrypted, signAs, unsigned, verdict, verifyMessage } from './testdata/messages.ts'

const response = unsigned()
const inCipher = encrypted(response)

describe('what has no place in a response', () => {
  test.each<[string, string, { where: string; found: string }]>([
    [
      'an attribute that the schema does not have',
      edit(response, '<saml2p:Response ', '<saml2p:Response AssertionConsumerServiceURL="x" '),
      { where: 'samlp:Response', found: 'the attribute AssertionConsumerServiceURL' },
    ],
    [
      'an attribute with a namespace where only plain ones may stand',
      edit(response, '<saml2:Assertion ', '<saml2:Assertion saml2:ID="_other" '),
      { where: 'samlp:Response/saml:Assertion', found: 'the attribute saml2:ID' },
    ],
    [
      'an attribute without a name',
      edit(response, 'Name="email"', 'FriendlyName="email"'),
      { where: 'samlp:Response/saml:Assertion/saml:AttributeStatement/saml:Attribute', found: 'no attribute Name' },
    ],
    [
      'an element of another namespace with a known name',
      edit(response, /<saml2:Conditions .*<\/saml2:Conditions>/, '<Conditions xmlns="urn:x"/>'),
      { where: 'samlp:Response/saml:Assertion', found: 'Conditions at a place where it may not stand' },
    ],
    [
      'two statuses',
      edit(response, '<saml2p:Status>', '<saml2p:Status><saml2p:StatusCode Value="x"/></saml2p:Status><saml2p:Status>'),
      { where: 'samlp:Response', found: 'saml2p:Status at a place where it may not stand' },
    ],
    [
      'no status',
      edit(response, /<saml2p:Status>.*<\/saml2p:Status>/, ''),
      { where: 'samlp:Response', found: 'no samlp:Status before saml2:Assertion' },
    ],
    [
      'an assertion without an issuer',
      edit(response, /<saml2:Issuer>[^<]*<\/saml2:Issuer>/, ''),
      { where: 'samlp:Response/saml:Assertion', found: 'no saml:Issuer before saml2:Subject' },
    ],
    [
      'two subjects',
      edit(response, '<saml2:Conditions', '<saml2:Subject/><saml2:Conditions'),
      { where: 'samlp:Response/saml:Assertion', found: 'saml2:Subject at a place where it may not stand' },
    ],
    [
      'two names in a subject',
      edit(response, '</saml2:NameID>', '</saml2:NameID><saml2:NameID>eve</saml2:NameID>'),
      { where: 'samlp:Response/saml:Assertion/saml:Subject', found: 'saml2:NameID at a place where it may not stand' },
    ],
    [
      'an encrypted name',
      edit(response, /<saml2:NameID .*<\/saml2:NameID>/, '<saml2:EncryptedID/>'),
      {
        where: 'samlp:Response/saml:Assertion/saml:Subject',
        found: 'saml2:EncryptedID at a place where it may not stand',
      },
    ],
    [
      'text between elements',
      edit(response, '<saml2:Conditions', 'eve<saml2:Conditions'),
      { where: 'samlp:Response/saml:Assertion', found: 'text beside elements' },
    ],
    [
      'elements in a value',
      edit(response, '>Engineering<', '><b xmlns="urn:x">Engineering</b><'),
      {
        where: 'samlp:Response/saml:Assertion/saml:AttributeStatement/saml:Attribute/saml:AttributeValue',
        found: 'no saml:NameID before b',
      },
    ],
    [
      'text beside a NameID in a value',
      edit(response, '>Engineering<', '>x<saml2:NameID>y</saml2:NameID><'),
      {
        where: 'samlp:Response/saml:Assertion/saml:AttributeStatement/saml:Attribute/saml:AttributeValue',
        found: 'text beside elements',
      },
    ],
    [
      'an audience restriction without an audience',
      edit(response, /<saml2:Audience>.*<\/saml2:Audience>/, ''),
      {
        where: 'samlp:Response/saml:Assertion/saml:Conditions/saml:AudienceRestriction',
        found: 'no saml:Audience',
      },
    ],
    [
      'a reference to a cipher text elsewhere',
      edit(
        inCipher,
        /<xenc:CipherData><xenc:CipherValue>[^<]*<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>/,
        '<xenc:CipherData><xenc:CipherReference URI="https://internal.example/"/></xenc:CipherData></xenc:EncryptedData>',
      ),
      {
        where: 'samlp:Response/saml:EncryptedAssertion/xenc:EncryptedData/xenc:CipherData',
        found: 'no xenc:CipherValue before xenc:CipherReference',
      },
    ],
    [
      'an encrypted key without a key',
      edit(
        inCipher,
        /<xenc:EncryptedKey (.*?)<xenc:CipherData>.*?<\/xenc:CipherData>/,
        '<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:EncryptionMethod Algorithm="x"/>',
      ),
      {
        where: 'samlp:Response/saml:EncryptedAssertion/xenc:EncryptedData/ds:KeyInfo/xenc:EncryptedKey',
        found: 'no xenc:CipherData',
      },
    ],
    [
      'something beside the encrypted data',
      edit(inCipher, '</saml:EncryptedAssertion>', '<x xmlns="urn:x"/></saml:EncryptedAssertion>'),
      { where: 'samlp:Response/saml:EncryptedAssertion', found: 'x at a place where it may not stand' },
    ],
  ])('%s is refused with its place', (_title, xml, problem) => {
    expect(verifyMessage(xml)).toEqual({ refused: { code: 'unexpected_content', ...problem } })
  })

  test('it is refused inside an encrypted assertion as well', () => {
    const xml = edit(response, '<saml2:Conditions', '<saml2:Subject/><saml2:Conditions')
    const problem = { where: 'saml:Assertion', found: 'saml2:Subject at a place where it may not stand' }
    expect(verifyMessage(signAs(encrypted(xml), 'response'))).toEqual({
      refused: { code: 'unexpected_content', ...problem },
    })
  })
})

describe('what may stand in a response', () => {
  test.each([
    ['white space between elements', />(?=<saml2)/g, '>\n  '],
    [
      'an extension',
      '<saml2p:Status>',
      '<saml2p:Extensions><x xmlns="urn:x" y="z">t<w/></x></saml2p:Extensions><saml2p:Status>',
    ],
    ['advice', '</saml2:Conditions>', '</saml2:Conditions><saml2:Advice><x xmlns="urn:x"/></saml2:Advice>'],
    [
      'a second level and a detail of the status',
      /(?<=status:Success")\/>/,
      '><saml2p:StatusCode Value="urn:x"/></saml2p:StatusCode><saml2p:StatusMessage>ok</saml2p:StatusMessage><saml2p:StatusDetail><x xmlns="urn:x"/></saml2p:StatusDetail>',
    ],
    ['foreign attributes of an attribute', '<saml2:Attribute ', '<saml2:Attribute xmlns:x="urn:x" x:Encoding="LDAP" '],
    [
      'a second attribute statement',
      '</saml2:AttributeStatement>',
      '</saml2:AttributeStatement><saml2:AttributeStatement/>',
    ],
    [
      'who was asked before',
      '</saml2:AuthnContextClassRef>',
      '</saml2:AuthnContextClassRef><saml2:AuthenticatingAuthority>urn:x</saml2:AuthenticatingAuthority>',
    ],
    ['where the user sat', '<saml2:AuthnContext>', '<saml2:SubjectLocality Address="192.0.2.1"/><saml2:AuthnContext>'],
    ['consent', ' Destination=', ' Consent="urn:oasis:names:tc:SAML:2.0:consent:obtained" Destination='],
  ])('%s is accepted', (_title, from, to) => {
    const xml = response.replace(from, to)
    expect(xml).not.toBe(response)
    expect(verdict(signAs(xml, 'both'))).toBe('accepted')
  })
})
