import { describe, expect, test } from 'vitest'
import { signElement } from '../xmldsig/sign.ts'
import { assertionChecks } from './assertion-checks.ts'
import { encodePost } from './bindings.ts'
import type { IssueOptions } from './issue.ts'
import { messageChecks } from './message-checks.ts'
import { checkOf, type CheckName, explain, responseChecks, type Rejection } from './rejection.ts'
import { type Expected, readResponse, verifyResponse } from './response.ts'
import { signatureChecks } from './signature-checks.ts'
import {
  edit,
  elementText,
  encrypted,
  expected,
  idp,
  seconds,
  signAs,
  stranger,
  unsigned,
  verdict,
  verifyMessage,
} from './testdata/messages.ts'

interface Case {
  /** What is wrong, and nothing else: the message is signed after the change. */
  readonly issue?: Partial<IssueOptions>
  readonly edit?: readonly (readonly [from: string | RegExp, to: string])[]
  /** Changes what was signed. */
  readonly after?: (xml: string) => string
  readonly sign?: 'response' | 'assertion' | 'both' | 'nothing'
  readonly expected?: Partial<Expected>
  readonly rejection: Rejection
}

const acsUrl = expected.acsUrl
const otherUrl = `${acsUrl}/`
const recipient = `Recipient="${acsUrl}"`
const conditionsEnd = 'NotOnOrAfter="2026-01-31T12:05:00Z"><saml2:AudienceRestriction'
const restriction = (audience: string) =>
  `<saml2:AudienceRestriction><saml2:Audience>${audience}</saml2:Audience></saml2:AudienceRestriction>`

/** For every check at least one message that only this check refuses. */
const cases: readonly (readonly [check: CheckName, claim: string, test: Case])[] = [
  ['encoding', 'something other than base64 is refused', { after: () => '', rejection: { code: 'not_base64' } }],
  [
    'size',
    'a response beyond 512 KiB is refused',
    {
      issue: { attributes: [{ name: 'a', values: ['x'.repeat(530_000)] }] },
      sign: 'nothing',
      rejection: { code: 'too_large', received: 531_885, limit: 524_288 },
    },
  ],
  [
    'xml',
    'a comment is refused, so it cannot cut a NameID short',
    {
      after: (xml) => edit(xml, 'ada@example.com<', 'ada@example.com<!-- -->.evil.example<'),
      rejection: { code: 'not_xml', problem: expect.objectContaining({ code: 'comment' }) },
    },
  ],
  [
    'message',
    'a message that is no response is refused',
    { after: () => '<a/>', rejection: { code: 'not_a_response', received: 'a' } },
  ],
  [
    'shape',
    'an element that has no place in a response is refused',
    {
      edit: [['<saml2p:Status>', '<saml2p:Extra></saml2p:Extra><saml2p:Status>']],
      rejection: {
        code: 'unexpected_content',
        where: 'samlp:Response',
        found: 'no samlp:Status before saml2p:Extra',
      },
    },
  ],
  [
    'ids',
    'an ID that stands twice is refused',
    {
      edit: [[' ID="_assertion"', ' ID="_response"']],
      sign: 'nothing',
      rejection: { code: 'duplicate_id', received: '_response' },
    },
  ],
  [
    'ids',
    'a response without an ID is refused',
    {
      edit: [[' ID="_response"', '']],
      sign: 'assertion',
      rejection: { code: 'invalid_id', element: 'Response', received: null },
    },
  ],
  [
    'ids',
    'an ID that is no XML name is refused',
    {
      edit: [[' ID="_response"', ' ID="4cd1"']],
      sign: 'assertion',
      rejection: { code: 'invalid_id', element: 'Response', received: '4cd1' },
    },
  ],
  [
    'version',
    'SAML 1.1 is refused',
    { edit: [['Version="2.0"', 'Version="1.1"']], rejection: { code: 'wrong_version', received: '1.1' } },
  ],
  [
    'version',
    'no version is refused',
    { edit: [['Version="2.0" ', '']], rejection: { code: 'wrong_version', received: null } },
  ],
  [
    'status',
    'a status other than success is refused, with an assertion too',
    {
      edit: [['status:Success', 'status:Responder']],
      rejection: {
        code: 'idp_status',
        statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
        subStatusCode: null,
        statusMessage: null,
      },
    },
  ],
  [
    'status',
    'a status that only begins like success is refused',
    {
      edit: [['status:Success', 'status:Successful']],
      rejection: {
        code: 'idp_status',
        statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Successful',
        subStatusCode: null,
        statusMessage: null,
      },
    },
  ],
  [
    'status',
    'success inside another status is refused',
    {
      edit: [
        [
          /<saml2p:StatusCode [^>]*\/>/,
          '<saml2p:StatusCode Value="urn:x"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:StatusCode>',
        ],
      ],
      rejection: {
        code: 'idp_status',
        statusCode: 'urn:x',
        subStatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
        statusMessage: null,
      },
    },
  ],
  [
    'issue_instant',
    'a response made at no readable time is refused',
    {
      edit: [['IssueInstant="2026-01-31T12:00:00Z" Dest', 'IssueInstant="yesterday" Dest']],
      rejection: { code: 'invalid_issue_instant', received: 'yesterday' },
    },
  ],
  [
    'one_assertion',
    'a success without an assertion is refused',
    {
      edit: [[/<saml2:Assertion .*<\/saml2:Assertion>/, '']],
      sign: 'response',
      rejection: { code: 'no_assertion' },
    },
  ],
  [
    'one_assertion',
    'two assertions are refused, though a signature covers both',
    {
      edit: [[/<saml2:Assertion .*<\/saml2:Assertion>/, twoAssertions()]],
      sign: 'response',
      rejection: { code: 'several_assertions', received: 2 },
    },
  ],
  [
    'destination',
    'a response for another address is refused',
    {
      issue: { destination: otherUrl },
      rejection: { code: 'wrong_destination', received: otherUrl, expected: acsUrl },
    },
  ],
  [
    'destination',
    'an empty destination is refused',
    {
      issue: { destination: '' },
      sign: 'assertion',
      rejection: { code: 'wrong_destination', received: '', expected: acsUrl },
    },
  ],
  [
    'destination_present',
    'a signed response for no address is refused',
    {
      edit: [[/ Destination="[^"]*"/, '']],
      sign: 'response',
      rejection: { code: 'no_destination', expected: acsUrl },
    },
  ],
  [
    'response_issuer',
    'a response from another issuer is refused',
    {
      edit: [[`>${expected.idpEntityId}</saml2:Issuer><saml2p`, '>http://idp.example/metadata/</saml2:Issuer><saml2p']],
      rejection: {
        code: 'wrong_response_issuer',
        received: 'http://idp.example/metadata/',
        expected: expected.idpEntityId,
      },
    },
  ],
  [
    'in_response_to',
    'an answer to another request is refused',
    {
      edit: [[' InResponseTo="_request">', ' InResponseTo="_other">']],
      rejection: { code: 'wrong_request', received: '_other', expected: '_request' },
    },
  ],
  [
    'in_response_to',
    'an unsolicited response does not complete a sign-in that waits',
    {
      edit: [[' InResponseTo="_request">', '>']],
      rejection: { code: 'wrong_request', received: null, expected: '_request' },
    },
  ],
  [
    'in_response_to',
    'an answer to an unknown request is refused even where unsolicited ones are not',
    {
      edit: [[' InResponseTo="_request" Not', ' Not']],
      expected: { requestId: null },
      rejection: { code: 'unknown_request', received: '_request' },
    },
  ],
  [
    'response_signed',
    'a response whose assertion alone is signed is refused where the connection wants more',
    { sign: 'assertion', expected: { requireSignedResponse: true }, rejection: { code: 'response_not_signed' } },
  ],
  [
    'signature_form',
    'a signature with a second reference is refused',
    {
      after: (xml) => edit(xml, '</ds:Reference>', '</ds:Reference><ds:Reference URI=""/>'),
      rejection: { code: 'signature_form', where: 'Response', found: 'a second ds:Reference in SignedInfo' },
    },
  ],
  [
    'signature_reference',
    'a signature that refers to something else than its parent is refused',
    {
      sign: 'response',
      after: (xml) => edit(xml, 'ID="_response"', 'ID="_moved"'),
      rejection: { code: 'signature_reference', received: '#_response', expected: '_moved' },
    },
  ],
  [
    'signature_reference',
    'a reference to the whole document is refused',
    {
      sign: 'response',
      after: (xml) => edit(xml, 'URI="#_response"', 'URI=""'),
      rejection: { code: 'signature_reference', received: '', expected: '_response' },
    },
  ],
  [
    'signature_algorithm',
    'HMAC is refused: its secret would be the public key',
    {
      sign: 'response',
      after: (xml) => edit(xml, 'xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256'),
      rejection: {
        code: 'signature_algorithm',
        received: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
      },
    },
  ],
  [
    'digest_algorithm',
    'MD5 is refused',
    {
      sign: 'response',
      after: (xml) => edit(xml, '2001/04/xmlenc#sha256', '2001/04/xmldsig-more#md5'),
      rejection: { code: 'digest_algorithm', received: 'http://www.w3.org/2001/04/xmldsig-more#md5' },
    },
  ],
  [
    'sha1',
    'SHA-1 is refused by default',
    {
      sign: 'nothing',
      after: (xml) => signAs(xml, 'both', { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
      rejection: { code: 'sha1', received: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' },
    },
  ],
  ['certificate', 'no certificate is no permission', { expected: { keys: [] }, rejection: { code: 'no_certificate' } }],
  [
    'certificate_type',
    'a certificate whose key does not fit the algorithm is refused',
    {
      expected: { keys: [{ key: idp.privateKey, fingerprint: 'private' }] },
      rejection: {
        code: 'unusable_certificates',
        algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      },
    },
  ],
  [
    'signature',
    'a stranger’s signature is refused',
    {
      sign: 'nothing',
      after: (xml) => signAs(xml, 'both', { key: stranger.privateKey }),
      rejection: { code: 'wrong_signature', where: 'Response', expected: [idp.fingerprint] },
    },
  ],
  [
    'signature',
    'one good signature does not make up for a bad one around it',
    {
      sign: 'assertion',
      after: (xml) => signElement(xml, { id: '_response', key: stranger.privateKey }),
      rejection: { code: 'wrong_signature', where: 'Response', expected: [idp.fingerprint] },
    },
  ],
  [
    'signature',
    'one good signature does not make up for a bad one inside it',
    {
      sign: 'nothing',
      after: (xml) => signAs(signElement(xml, { id: '_assertion', key: stranger.privateKey }), 'response'),
      rejection: { code: 'wrong_signature', where: 'Assertion', expected: [idp.fingerprint] },
    },
  ],
  [
    'digest',
    'a name changed after signing is refused',
    {
      sign: 'assertion',
      after: (xml) => edit(xml, '>ada@example.com</saml2:NameID>', '>eve@example.com</saml2:NameID>'),
      rejection: { code: 'wrong_digest', where: 'Assertion' },
    },
  ],
  [
    'digest',
    'a status changed after signing is refused',
    {
      sign: 'response',
      after: (xml) => edit(xml, '</saml2p:Status>', ' </saml2p:Status>'),
      rejection: { code: 'wrong_digest', where: 'Response' },
    },
  ],
  [
    'encryption',
    'RSA with the old padding is refused',
    {
      sign: 'nothing',
      after: (xml) => signAs(edit(encrypted(xml), 'xmlenc#rsa-oaep-mgf1p', 'xmlenc#rsa-1_5'), 'response'),
      rejection: {
        code: 'encryption_form',
        found: 'the key transport "http://www.w3.org/2001/04/xmlenc#rsa-1_5"',
      },
    },
  ],
  [
    'decryption',
    'an assertion encrypted for somebody else is refused',
    {
      sign: 'nothing',
      after: (xml) => signAs(encrypted(xml, { certificate: stranger.certificate }), 'response'),
      rejection: { code: 'cannot_decrypt' },
    },
  ],
  [
    'decryption',
    'an encrypted assertion is refused where encryption is off',
    {
      sign: 'nothing',
      after: (xml) => signAs(encrypted(xml), 'response'),
      expected: { decryptionKeys: [] },
      rejection: { code: 'no_decryption_key' },
    },
  ],
  ['signed', 'an unsigned response is refused', { sign: 'nothing', rejection: { code: 'not_signed' } }],
  [
    'signed',
    'an encrypted but unsigned assertion is unsigned',
    { sign: 'nothing', after: (xml) => encrypted(xml), rejection: { code: 'not_signed' } },
  ],
  [
    'assertion_version',
    'an assertion of another version is refused',
    {
      edit: [['Version="2.0"><saml2:Issuer>', 'Version="2.1"><saml2:Issuer>']],
      rejection: { code: 'wrong_assertion_version', received: '2.1' },
    },
  ],
  [
    'assertion_instant',
    'an assertion made at no readable time is refused',
    {
      edit: [['IssueInstant="2026-01-31T12:00:00Z" Version', 'IssueInstant="2026-01-31T12:00:00" Version']],
      rejection: { code: 'invalid_assertion_instant', received: '2026-01-31T12:00:00' },
    },
  ],
  [
    'issuer',
    'an assertion from another issuer is refused',
    {
      edit: [[`<saml2:Issuer>${expected.idpEntityId}<`, `<saml2:Issuer>${expected.idpEntityId.toUpperCase()}<`]],
      rejection: {
        code: 'wrong_issuer',
        received: expected.idpEntityId.toUpperCase(),
        expected: expected.idpEntityId,
      },
    },
  ],
  [
    'issuer',
    'an issuer that only begins like the right one is refused',
    {
      edit: [[`<saml2:Issuer>${expected.idpEntityId}<`, `<saml2:Issuer>${expected.idpEntityId}.evil.example<`]],
      rejection: {
        code: 'wrong_issuer',
        received: `${expected.idpEntityId}.evil.example`,
        expected: expected.idpEntityId,
      },
    },
  ],
  [
    'name_id',
    'a subject without a name is refused',
    { edit: [[/<saml2:NameID .*<\/saml2:NameID>/, '']], rejection: { code: 'no_name_id' } },
  ],
  ['name_id', 'an empty name is refused', { issue: { nameId: '' }, rejection: { code: 'no_name_id' } }],
  [
    'name_id',
    'an assertion without a subject is refused',
    { edit: [[/<saml2:Subject>.*<\/saml2:Subject>/, '']], rejection: { code: 'no_name_id' } },
  ],
  [
    'bearer',
    'a confirmation method other than bearer is refused',
    {
      edit: [['cm:bearer', 'cm:holder-of-key']],
      rejection: { code: 'no_bearer_confirmation', received: ['urn:oasis:names:tc:SAML:2.0:cm:holder-of-key'] },
    },
  ],
  [
    'bearer',
    'a subject without a confirmation is refused',
    {
      edit: [[/<saml2:SubjectConfirmation .*<\/saml2:SubjectConfirmation>/, '']],
      rejection: { code: 'no_bearer_confirmation', received: [] },
    },
  ],
  [
    'recipient',
    'an assertion for another recipient is refused',
    {
      issue: { recipient: otherUrl },
      rejection: { code: 'wrong_recipient', received: [otherUrl], expected: acsUrl },
    },
  ],
  [
    'recipient',
    'an assertion for no recipient is refused',
    {
      edit: [[` ${recipient}`, '']],
      rejection: { code: 'wrong_recipient', received: [null], expected: acsUrl },
    },
  ],
  [
    'recipient',
    'a confirmation without data is refused',
    {
      edit: [[/<saml2:SubjectConfirmationData .*?\/>/, '']],
      rejection: { code: 'wrong_recipient', received: [null], expected: acsUrl },
    },
  ],
  [
    'confirmation_end',
    'a confirmation without an end is refused',
    {
      edit: [['NotOnOrAfter="2026-01-31T12:05:00Z" Rec', 'Rec']],
      rejection: { code: 'confirmation_without_end', received: null },
    },
  ],
  [
    'confirmation_end',
    'a confirmation that ends at no readable time is refused',
    {
      edit: [['NotOnOrAfter="2026-01-31T12:05:00Z" Rec', 'NotOnOrAfter="2026-02-30T12:05:00Z" Rec']],
      rejection: { code: 'confirmation_without_end', received: '2026-02-30T12:05:00Z' },
    },
  ],
  [
    'confirmation_expiry',
    'a confirmation that ended longer ago than the clocks may differ is refused',
    {
      edit: [['NotOnOrAfter="2026-01-31T12:05:00Z" Rec', 'NotOnOrAfter="2026-01-31T11:57:00Z" Rec']],
      rejection: {
        code: 'confirmation_expired',
        notOnOrAfter: '2026-01-31T11:57:00Z',
        now: expected.now,
      },
    },
  ],
  [
    'confirmation_start',
    'a confirmation ten minutes ahead is refused',
    {
      edit: [[' Recipient', ' NotBefore="2026-01-31T12:10:00Z" Recipient']],
      rejection: { code: 'confirmation_too_early', notBefore: '2026-01-31T12:10:00Z', now: expected.now },
    },
  ],
  [
    'confirmation_request',
    'an assertion that answers another request is refused',
    {
      edit: [['InResponseTo="_request" Not', 'InResponseTo="_other" Not']],
      rejection: { code: 'wrong_confirmation_request', received: '_other', expected: '_request' },
    },
  ],
  [
    'confirmation_request',
    'a stolen unsolicited assertion does not complete a sign-in that waits',
    {
      edit: [['InResponseTo="_request" Not', 'Not']],
      sign: 'assertion',
      rejection: { code: 'wrong_confirmation_request', received: null, expected: '_request' },
    },
  ],
  [
    'confirmation_request',
    'an assertion that answers a request is refused where none was made',
    {
      edit: [[' InResponseTo="_request">', '>']],
      sign: 'assertion',
      expected: { requestId: null },
      rejection: { code: 'wrong_confirmation_request', received: '_request', expected: null },
    },
  ],
  [
    'conditions',
    'an assertion without conditions is refused',
    { edit: [[/<saml2:Conditions .*<\/saml2:Conditions>/, '']], rejection: { code: 'no_conditions' } },
  ],
  [
    'known_conditions',
    'an unknown condition is refused',
    {
      edit: [['</saml2:Conditions>', '<saml2:Condition/></saml2:Conditions>']],
      rejection: { code: 'unknown_condition', received: 'Condition' },
    },
  ],
  [
    'known_conditions',
    'a condition that only looks like a known one is refused',
    {
      edit: [['</saml2:Conditions>', '<OneTimeUse xmlns="urn:other"/></saml2:Conditions>']],
      rejection: { code: 'unknown_condition', received: 'OneTimeUse' },
    },
  ],
  [
    'not_before',
    'an assertion ten minutes ahead is refused',
    {
      issue: { notBefore: seconds(600) },
      rejection: { code: 'too_early', notBefore: '2026-01-31T12:10:00Z', now: expected.now },
    },
  ],
  [
    'not_before',
    'an assertion that begins at no readable time is refused',
    {
      edit: [['NotBefore="2026-01-31T11:59:50Z"', 'NotBefore="now"']],
      rejection: { code: 'too_early', notBefore: 'now', now: expected.now },
    },
  ],
  [
    'not_on_or_after',
    'conditions that ended longer ago than the clocks may differ are refused',
    {
      edit: [[conditionsEnd, 'NotOnOrAfter="2026-01-31T11:57:00Z"><saml2:AudienceRestriction']],
      rejection: { code: 'expired', notOnOrAfter: '2026-01-31T11:57:00Z', now: expected.now },
    },
  ],
  [
    'not_on_or_after',
    'conditions that end at no readable time are refused',
    {
      edit: [[conditionsEnd, 'NotOnOrAfter=""><saml2:AudienceRestriction']],
      rejection: { code: 'expired', notOnOrAfter: '', now: expected.now },
    },
  ],
  [
    'audience_present',
    'conditions without an audience are refused',
    {
      edit: [[restriction(expected.spEntityId), '']],
      rejection: { code: 'no_audience', expected: expected.spEntityId },
    },
  ],
  [
    'audience',
    'an assertion for another audience is refused',
    {
      issue: { audience: `${expected.spEntityId}/` },
      rejection: {
        code: 'wrong_audience',
        received: [`${expected.spEntityId}/`],
        expected: expected.spEntityId,
      },
    },
  ],
  [
    'audience',
    'every restriction must include us, not just one',
    {
      edit: [['</saml2:Conditions>', `${restriction('urn:other')}</saml2:Conditions>`]],
      rejection: { code: 'wrong_audience', received: ['urn:other'], expected: expected.spEntityId },
    },
  ],
  [
    'authn_statement',
    'an assertion that nobody signed in is refused',
    {
      edit: [[/<saml2:AuthnStatement .*<\/saml2:AuthnStatement>/, '']],
      rejection: { code: 'no_authn_statement' },
    },
  ],
  [
    'session_end',
    'a session that has ended is refused',
    {
      edit: [[' SessionIndex', ' SessionNotOnOrAfter="2026-01-31T11:57:00Z" SessionIndex']],
      rejection: {
        code: 'session_expired',
        sessionNotOnOrAfter: '2026-01-31T11:57:00Z',
        now: expected.now,
      },
    },
  ],
]

function twoAssertions(): string {
  const assertion = elementText(unsigned(), 'saml2:Assertion')
  return assertion + edit(assertion, 'ID="_assertion"', 'ID="_second"')
}

function build({ issue, edit: edits = [], after = (xml) => xml, sign = 'both' }: Case): string {
  const xml = edits.reduce((text, [from, to]) => edit(text, from, to), unsigned(issue))
  return after(sign === 'nothing' ? xml : signAs(xml, sign))
}

describe('what is refused', () => {
  test.each(cases)('%s: %s', (check, _claim, one) => {
    const outcome = verifyMessage(build(one), one.expected)
    expect(outcome).toEqual({ refused: one.rejection })
    if ('refused' in outcome) expect(checkOf(outcome.refused)).toBe(check)
  })

  test('every check has a case', () => {
    expect(responseChecks.map(({ name }) => name)).toEqual([...new Set(cases.map(([name]) => name))])
  })

  test('every rejection is explained in a sentence of its own', () => {
    const sentences = cases.map(([, , { rejection }]) => explain(fill(rejection)))
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{30,}\.$/s)
    const codes = new Set(cases.map(([, , { rejection }]) => rejection.code))
    expect(new Set(sentences).size).toBeGreaterThanOrEqual(codes.size)
  })
})

/** The matcher in the table stands for a real problem. */
function fill(rejection: Rejection): Rejection {
  if (rejection.code !== 'not_xml') return rejection
  return { ...rejection, problem: { code: 'comment', detail: 'A comment', line: 1, column: 2 } }
}

test('the checks run in the order that is published', () => {
  const published = responseChecks.map(({ name }) => name)
  const run = [...messageChecks, ...signatureChecks, ...assertionChecks].map(({ name }) => name)
  const read: readonly string[] = [
    'encoding',
    'size',
    'xml',
    'message',
    'shape',
    'ids',
    'signature_form',
    'encryption',
    'decryption',
  ]
  expect(run).toEqual(published.filter((name) => !read.includes(name)))
})

describe('what is just inside the rules', () => {
  const confirmation = (data: string) =>
    `<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData ${data}/></saml2:SubjectConfirmation>`
  test.each<[string, readonly (readonly [from: string | RegExp, to: string])[], Partial<Expected>]>([
    ['conditions that begin 30 seconds ahead', [['11:59:50Z', '12:00:30Z']], {}],
    ['conditions that begin exactly as far ahead as the clocks may differ', [['11:59:50Z', '12:03:00Z']], {}],
    [
      'an end just less long ago than the clocks may differ',
      [
        [/NotOnOrAfter="2026-01-31T12:05:00Z"/, 'NotOnOrAfter="2026-01-31T11:57:00.001Z"'],
        [conditionsEnd, 'NotOnOrAfter="2026-01-31T11:57:00.001Z"><saml2:AudienceRestriction'],
      ],
      {},
    ],
    ['a confirmation that has begun', [[' Recipient', ' NotBefore="2026-01-31T12:00:30Z" Recipient']], {}],
    ['a session that goes on', [[' SessionIndex', ' SessionNotOnOrAfter="2026-01-31T20:00:00Z" SessionIndex']], {}],
    [
      'one of several audiences',
      [['</saml2:Audience>', '</saml2:Audience><saml2:Audience>urn:other</saml2:Audience>']],
      {},
    ],
    [
      'us in each of several restrictions',
      [['</saml2:Conditions>', `${restriction(expected.spEntityId)}</saml2:Conditions>`]],
      {},
    ],
    [
      'a usable confirmation after one for somebody else',
      [
        [
          '<saml2:SubjectConfirmation ',
          `${confirmation('Recipient="https://other.example"')}<saml2:SubjectConfirmation `,
        ],
      ],
      {},
    ],
    ['no skew at the very moment of the beginning', [['11:59:50Z', '12:00:00Z']], { clockSkewSeconds: 0 }],
  ])('%s is accepted', (_title, edits, changes) => {
    const xml = edits.reduce((text, [from, to]) => edit(text, from, to), unsigned())
    expect(verdict(signAs(xml, 'both'), changes)).toBe('accepted')
  })

  test('parts of two confirmations do not add up to one', () => {
    const half = confirmation(`${recipient} NotOnOrAfter="2026-01-31T11:00:00Z" InResponseTo="_request"`)
    const other = confirmation(
      'Recipient="https://other.example" NotOnOrAfter="2026-01-31T12:05:00Z" InResponseTo="_request"',
    )
    const xml = edit(unsigned(), /<saml2:SubjectConfirmation .*<\/saml2:SubjectConfirmation>/, half + other)
    expect(verdict(signAs(xml, 'both'))).toBe('confirmation_expired')
  })

  test('a destination need not be named where only the assertion is signed', () => {
    expect(verdict(signAs(edit(unsigned(), / Destination="[^"]*"/, ''), 'assertion'))).toBe('accepted')
  })

  test('nothing is kept from one verification to the next', () => {
    const read = readResponse(encodePost(signAs(unsigned(), 'both')))
    if (!read.ok) throw new Error('refused')
    expect(verifyResponse(read.value, { ...expected, requestId: '_other' }).ok).toBe(false)
    expect(verifyResponse(read.value, expected).ok).toBe(true)
    expect(verifyResponse(read.value, { ...expected, now: seconds(3600) }).ok).toBe(false)
  })
})
