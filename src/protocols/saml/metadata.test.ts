import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signElement } from '../xmldsig/sign.ts'
import { selfSignedCertificate } from './certificate.ts'
import {
  explainMetadata,
  identityProviderMetadata,
  type MetadataProblem,
  readIdpMetadata,
  serviceProviderMetadata,
} from './metadata.ts'
import { edit, idp, now, rsaKeys, seconds, stranger } from './testdata/messages.ts'

const options = {
  entityId: 'http://idp.example/metadata?a=1&b="<2>"',
  ssoRedirectUrl: 'https://idp.example/sso?tenant=1&x=2',
  ssoPostUrl: 'https://idp.example/sso/post',
  signingCertificates: [idp.certificate],
  wantAuthnRequestsSigned: false,
}
const metadata = identityProviderMetadata(options)
const read = {
  entityId: options.entityId,
  ssoRedirectUrl: options.ssoRedirectUrl,
  ssoPostUrl: options.ssoPostUrl,
  signingCertificates: [idp.certificate],
  wantsSignedRequests: false,
  validUntil: null,
}
const spMetadata = serviceProviderMetadata({
  entityId: 'https://gatehouse.example/sp',
  acsUrl: 'https://gatehouse.example/acs',
  signingCertificates: ['QUFB'],
  encryptionCertificates: ['QkJC'],
  wantAssertionsSigned: true,
  authnRequestsSigned: true,
})

function outcome(text: string): object {
  const result = readIdpMetadata(text, now)
  return result.ok ? result.value : result.error
}

async function certificateUntil(notAfter: Date): Promise<string> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return selfSignedCertificate({ commonName: 'idp', keys, notBefore: seconds(-7200), notAfter })
}

const twice = (xml: string) => {
  const second = xml.replace('http://idp.example/metadata', 'http://second.example/metadata')
  return `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${xml}${second}</md:EntitiesDescriptor>`
}

/** Changes bytes of a certificate, written in hexadecimal. */
function damaged(certificate: string, from: string, to: string): string {
  return Buffer.from(edit(Buffer.from(certificate, 'base64').toString('hex'), from, to), 'hex').toString('base64')
}

test('a service provider’s metadata names its address, its certificates and what it signs', () => {
  expect(spMetadata).toBe(
    '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://gatehouse.example/sp"><md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>QUFB</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>QkJC</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://gatehouse.example/acs" index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>',
  )
})

describe('an identity provider’s metadata', () => {
  const certificateElement = /<ds:X509Certificate>[^<]*<\/ds:X509Certificate>/
  test.each<[string, string, object]>([
    ['as we write it', metadata, {}],
    [
      'that wants signed requests',
      identityProviderMetadata({ ...options, wantAuthnRequestsSigned: true }),
      { wantsSignedRequests: true },
    ],
    [
      'that wants them by a number',
      edit(metadata, 'AuthnRequestsSigned="false"', 'AuthnRequestsSigned="1"'),
      { wantsSignedRequests: true },
    ],
    [
      'with two certificates, as while one is being replaced',
      identityProviderMetadata({ ...options, signingCertificates: [idp.certificate, stranger.certificate] }),
      { signingCertificates: [idp.certificate, stranger.certificate] },
    ],
    [
      'with one certificate twice',
      identityProviderMetadata({ ...options, signingCertificates: [idp.certificate, `\n${idp.certificate}`] }),
      {},
    ],
    [
      'with a certificate in lines',
      edit(metadata, idp.certificate, `\n${idp.certificate.replace(/.{64}/g, '$&\n  ')}\n`),
      {},
    ],
    [
      'with a certificate pasted as PEM',
      edit(metadata, idp.certificate, `-----BEGIN CERTIFICATE-----\n${idp.certificate}\n-----END CERTIFICATE-----`),
      {},
    ],
    ['with a certificate for no use in particular', edit(metadata, ' use="signing"', ''), {}],
    [
      'with a certificate for encryption besides',
      edit(
        metadata,
        '<md:NameIDFormat>',
        '<md:KeyDescriptor use="encryption"><x/></md:KeyDescriptor><md:NameIDFormat>',
      ),
      {},
    ],
    [
      'with redirect alone',
      edit(metadata, /<md:SingleSignOnService Binding="[^"]*POST"[^>]*>/, ''),
      { ssoPostUrl: null },
    ],
    [
      'with POST alone',
      edit(metadata, /<md:SingleSignOnService Binding="[^"]*Redirect"[^>]*>/, ''),
      { ssoRedirectUrl: null },
    ],
    [
      'with other bindings besides',
      edit(
        metadata,
        '<md:SingleSignOnService',
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="ldap:x"/><md:SingleSignOnService',
      ),
      {},
    ],
    [
      'after a byte order mark, a declaration and a comment',
      `\ufeff\n<?xml version="1.0" encoding="utf-8"?>\n<!-- ADFS -->${metadata}\n`,
      {},
    ],
    [
      'that is signed',
      signElement(edit(metadata, ' entityID', ' ID="_md" entityID'), { id: '_md', key: idp.privateKey }),
      {},
    ],
    [
      'that is valid for a while',
      edit(metadata, ' entityID', ' validUntil="2026-02-01T00:00:00Z" entityID'),
      { validUntil: new Date('2026-02-01T00:00:00Z') },
    ],
    [
      'among other roles, as AD FS writes it',
      edit(
        metadata,
        '<md:IDPSSODescriptor',
        '<md:RoleDescriptor xmlns:fed="urn:fed" fed:x="1" protocolSupportEnumeration="urn:fed"><fed:y xmlns:fed="urn:other"/></md:RoleDescriptor><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"/><md:IDPSSODescriptor',
      ),
      {},
    ],
    [
      'as the only identity provider among several entities',
      edit(twice(metadata), /(?<=second.*)IDPSSODescriptor/g, 'SPSSODescriptor'),
      {},
    ],
    [
      'of an hour’s validity in a document valid for longer',
      edit(twice(metadata), /(?<=second.*)IDPSSODescriptor/g, 'SPSSODescriptor')
        .replace('<md:EntitiesDescriptor', '<md:EntitiesDescriptor validUntil="2027-01-01T00:00:00Z"')
        .replace('<md:IDPSSODescriptor', '<md:IDPSSODescriptor validUntil="2026-01-31T13:00:00Z"'),
      { validUntil: seconds(3600) },
    ],
    [
      'of one entity in a nest of them',
      `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:EntitiesDescriptor>${metadata}</md:EntitiesDescriptor></md:EntitiesDescriptor>`,
      {},
    ],
    [
      'of nearly a megabyte',
      metadata.replace('</md:EntityDescriptor>', `<!--${'x'.repeat(1_000_000)}--></md:EntityDescriptor>`),
      {},
    ],
  ])('%s is read', (_title, text, wanted) => {
    expect(outcome(text)).toEqual({ ...read, ...wanted })
  })

  test('with one certificate that has expired and one that has not keeps both', async () => {
    const expired = await certificateUntil(seconds(-3600))
    const xml = identityProviderMetadata({ ...options, signingCertificates: [expired, idp.certificate] })
    expect(outcome(xml)).toMatchObject({ signingCertificates: [expired, idp.certificate] })
  })

  test('with one certificate that is too weak and one that is not keeps both', async () => {
    const weak = (await rsaKeys(1024)).certificate
    const xml = identityProviderMetadata({ ...options, signingCertificates: [weak, idp.certificate] })
    expect(outcome(xml)).toMatchObject({ signingCertificates: [weak, idp.certificate] })
  })

  const page = '<!DOCTYPE html>\n<html><head><title>Sign in to\nyour account</title></head></html>'
  const problems: readonly (readonly [
    title: string,
    text: string | (() => Promise<string>),
    problem: MetadataProblem,
  ])[] = [
    ['nothing', ' \n', { code: 'empty' }],
    ['a web page', page, { code: 'not_xml_html_page', title: 'Sign in to\nyour account' }],
    [
      'an XHTML page',
      `<?xml version="1.0"?>\n${page}`,
      { code: 'not_xml_html_page', title: 'Sign in to\nyour account' },
    ],
    ['a page without a title', '<HTML lang="en">', { code: 'not_xml_html_page', title: null }],
    [
      'JSON',
      '{"error": "not found"}',
      {
        code: 'not_xml',
        problem: { code: 'text_outside_root', detail: 'Text before the root element', line: 1, column: 1 },
      },
    ],
    [
      'XML that was cut off',
      metadata.slice(0, 300),
      {
        code: 'not_xml',
        problem: { code: 'syntax', detail: 'The document ends inside a tag', line: 1, column: 300 },
      },
    ],
    [
      'a document type',
      `<!DOCTYPE md [<!ENTITY a "b">]>${metadata}`,
      { code: 'not_xml', problem: { code: 'doctype', detail: 'A document type declaration', line: 1, column: 1 } },
    ],
    ['other XML', '<rss/>', { code: 'not_metadata', received: 'rss' }],
    [
      'metadata of another namespace',
      edit(metadata, 'SAML:2.0:metadata', 'SAML:1.0:metadata'),
      { code: 'not_metadata', received: 'md:EntityDescriptor' },
    ],
    [
      'no entities',
      '<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>',
      { code: 'not_metadata', received: 'EntitiesDescriptor' },
    ],
    [
      'two identity providers',
      twice(metadata),
      { code: 'several_entities', entityIds: [options.entityId, options.entityId.replace('idp', 'second')] },
    ],
    ['no entity ID', edit(metadata, / entityID="[^"]*"/, ''), { code: 'no_entity_id' }],
    ['a service provider', spMetadata, { code: 'is_service_provider', entityId: 'https://gatehouse.example/sp' }],
    [
      'another kind of identity provider',
      edit(
        metadata,
        'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"',
        'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"',
      ),
      { code: 'not_saml2_identity_provider', entityId: options.entityId },
    ],
    [
      'a validity that is no time',
      edit(metadata, ' entityID', ' validUntil="soon" entityID'),
      { code: 'invalid_valid_until', received: 'soon' },
    ],
    [
      'a validity that has ended',
      edit(metadata, ' entityID', ' validUntil="2026-01-31T12:00:00Z" entityID'),
      { code: 'metadata_expired', validUntil: now, now },
    ],
    ['no address', edit(metadata, /<md:SingleSignOnService .*\/>/, ''), { code: 'no_sso_url' }],
    [
      'an address for other bindings',
      edit(metadata, /bindings:HTTP-(Redirect|POST)/g, 'bindings:SOAP'),
      { code: 'no_sso_url' },
    ],
    [
      'an address that would run as a script',
      edit(metadata, 'https://idp.example/sso/post', 'javascript:alert(1)//'),
      { code: 'invalid_sso_url', received: 'javascript:alert(1)//' },
    ],
    [
      'an address that is none',
      edit(metadata, 'https://idp.example/sso/post', '/sso'),
      { code: 'invalid_sso_url', received: '/sso' },
    ],
    [
      'a binding without an address',
      edit(metadata, ' Location="https://idp.example/sso/post"', ''),
      { code: 'invalid_sso_url', received: '' },
    ],
    [
      'no certificate',
      identityProviderMetadata({ ...options, signingCertificates: [] }),
      { code: 'no_signing_certificate' },
    ],
    [
      'a certificate for encryption alone',
      edit(metadata, 'use="signing"', 'use="encryption"'),
      { code: 'no_signing_certificate' },
    ],
    ['a key without a certificate', edit(metadata, certificateElement, ''), { code: 'no_signing_certificate' }],
    [
      'a damaged certificate',
      identityProviderMetadata({ ...options, signingCertificates: [idp.certificate, idp.certificate.slice(0, 400)] }),
      { code: 'invalid_certificate', position: 2, count: 2 },
    ],
    [
      'a certificate whose key is of no known kind',
      // The last byte of rsaEncryption, 1.2.840.113549.1.1.1.
      edit(metadata, idp.certificate, damaged(idp.certificate, '2a864886f70d010101', '2a864886f70d010163')),
      { code: 'invalid_certificate', position: 1, count: 1 },
    ],
    [
      'a certificate that ends on no day',
      edit(
        metadata,
        idp.certificate,
        damaged(
          idp.certificate,
          Buffer.from('260131130000Z').toString('hex'),
          Buffer.from('269931130000Z').toString('hex'),
        ),
      ),
      { code: 'invalid_certificate', position: 1, count: 1 },
    ],
    [
      'an empty certificate',
      edit(metadata, idp.certificate, ''),
      { code: 'invalid_certificate', position: 1, count: 1 },
    ],
    [
      'a certificate of other characters',
      edit(metadata, idp.certificate, `*${idp.certificate}`),
      { code: 'invalid_certificate', position: 1, count: 1 },
    ],
    [
      'a weak certificate',
      async () => identityProviderMetadata({ ...options, signingCertificates: [(await rsaKeys(1024)).certificate] }),
      { code: 'unusable_certificates', found: 'RSA, 1024 bits' },
    ],
    [
      'certificates that have all expired',
      async () =>
        identityProviderMetadata({
          ...options,
          signingCertificates: [await certificateUntil(seconds(-3600)), await certificateUntil(seconds(-60))],
        }),
      { code: 'all_certificates_expired', notAfter: seconds(-60), now },
    ],
  ]

  test.each(problems)('%s is refused', async (_title, text, problem) => {
    expect(outcome(typeof text === 'string' ? text : await text())).toEqual(problem)
  })

  test('every problem has one sentence of its own, with its cause and what to do next', () => {
    const sentences = new Map(problems.map(([, , problem]) => [problem.code, explainMetadata(problem)]))
    for (const sentence of sentences.values()) expect(sentence).toMatch(/^[A-Z][^]*[,;:][^]*[a-z)]\.$/)
    expect(new Set(sentences.values()).size).toBe(sentences.size)
    expect(sentences.size).toBe(16)
  })

  test('a web page is named by its title', () => {
    expect(explainMetadata({ code: 'not_xml_html_page', title: 'Sign in' })).toContain('That is a web page (“Sign in”)')
    expect(explainMetadata({ code: 'not_xml_html_page', title: null })).toContain('That is a web page, not metadata')
  })
})
