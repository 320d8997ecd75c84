import { constants, generateKeyPairSync, hash, privateDecrypt, publicEncrypt, sign, verify } from 'node:crypto'
import { encodePost } from '#protocols/saml/bindings.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { type IssueOptions, issueResponse } from '#protocols/saml/issue.ts'
import { type Expected, readResponse, verifyResponse } from '#protocols/saml/response.ts'

/**
 * What a sign-in costs in the SAML core, beside the cryptography that no verifier can spare, measured in the same run.
 * Run it alone: `node bench/saml.ts [milliseconds per measurement]`.
 */
const milliseconds = Number(process.argv[2] ?? 1000)

const now = new Date('2026-01-31T12:00:00Z')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const certificate = await selfSignedCertificate({
  commonName: 'bench',
  keys: rsa,
  notBefore: now,
  notAfter: new Date('2036-01-31T12:00:00Z'),
})
const expected: Expected = {
  idpEntityId: 'http://www.okta.com/exk1a2b3c4d5',
  keys: [{ key: rsa.publicKey, fingerprint: 'bench' }],
  spEntityId: 'https://gatehouse.example/saml/conn_01',
  acsUrl: 'https://gatehouse.example/sso/saml/acs/conn_01',
  requestId: '_request',
  now,
  clockSkewSeconds: 180,
  requireSignedResponse: false,
  allowSha1: false,
  decryptionKeys: [rsa.privateKey],
}

function message(response: boolean, assertion: boolean, algorithm?: 'aes256-cbc' | 'aes256-gcm'): string {
  const options: IssueOptions = {
    responseId: '_response',
    assertionId: '_assertion',
    issueInstant: now,
    issuer: expected.idpEntityId,
    destination: expected.acsUrl,
    recipient: expected.acsUrl,
    audience: expected.spEntityId,
    inResponseTo: expected.requestId,
    nameId: 'ada@example.com',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    notBefore: now,
    notOnOrAfter: new Date(now.getTime() + 300_000),
    sessionIndex: '_session',
    authnInstant: now,
    attributes: [
      { name: 'id', values: ['00u1a2b3c4d5e6f7g8h9'] },
      { name: 'email', values: ['ada@example.com'] },
      { name: 'firstName', values: ['Ada'] },
      { name: 'lastName', values: ['Lovelace'] },
      { name: 'groups', values: Array.from({ length: 8 }, (_, index) => `Engineering ${index}`) },
    ],
    layout: 'okta',
    sign: { response, assertion, key: rsa.privateKey, certificate },
    encrypt: algorithm === undefined ? null : { certificate, algorithm },
  }
  return encodePost(issueResponse(options))
}

function verifyMessage(encoded: string): void {
  const read = readResponse(encoded)
  const verified = read.ok ? verifyResponse(read.value, expected) : read
  if (!verified.ok) throw new Error(`refused: ${verified.error.code}`)
}

/** Runs per second of processor time, so that other load on the machine counts as little as it can. */
function rate(run: () => void): number {
  // The compiler works beside the first thousands of runs, and its time counts as ours.
  for (let warm = 0; warm < 4000; warm += 1) run()
  const start = process.cpuUsage()
  const end = performance.now() + milliseconds
  let runs = 0
  while (performance.now() < end) {
    for (let batch = 0; batch < 20; batch += 1) run()
    runs += 20
  }
  const { user, system } = process.cpuUsage(start)
  return Math.round((runs * 1e6) / (user + system))
}

const content = Buffer.alloc(4096, 'a')
const signature = sign('sha256', content, rsa.privateKey)
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }
const wrapped = publicEncrypt({ key: rsa.publicKey, ...oaep }, Buffer.alloc(32))

function floor(signatures: number, encrypted: boolean): void {
  for (let one = 0; one < signatures; one += 1) {
    hash('sha256', content)
    verify('sha256', content, rsa.publicKey, signature)
  }
  if (encrypted) privateDecrypt({ key: rsa.privateKey, ...oaep }, wrapped)
}

const rows = [
  ['response signed', message(true, false), 1, false],
  ['assertion signed', message(false, true), 1, false],
  ['both signed', message(true, true), 2, false],
  ['AES-256-CBC, assertion signed', message(false, true, 'aes256-cbc'), 1, true],
  ['AES-256-GCM, both signed', message(true, true, 'aes256-gcm'), 2, true],
] as const

console.log(
  'verifications per second of one core'.padEnd(34),
  'bytes'.padStart(7),
  'ours'.padStart(8),
  'floor'.padStart(8),
)
for (const [title, encoded, signatures, encrypted] of rows) {
  const ours = rate(() => verifyMessage(encoded))
  const bare = rate(() => floor(signatures, encrypted))
  const bytes = Buffer.from(encoded, 'base64').length
  console.log(title.padEnd(34), String(bytes).padStart(7), String(ours).padStart(8), String(bare).padStart(8))
}

/** Never valid, and sent by anybody: what it costs to refuse them. */
const signed = Buffer.from(message(true, true), 'base64').toString()
const many = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join('')
const extended = (content: string) =>
  signed.replace('<saml2p:Status>', `<saml2p:Extensions><x>${content}</x></saml2p:Extensions><saml2p:Status>`)
const reference = /<ds:Reference .*?<\/ds:Reference>/.exec(signed)?.[0] ?? ''
const transform = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
const declarations = (count: number) => many(count, (at) => ` xmlns:p${at}="urn:p${at}"`)

const hostile: readonly (readonly [title: string, xml: string])[] = [
  ['700 references', signed.replace(reference, reference.repeat(700))],
  ['2 000 transforms', signed.replace('</ds:Transforms>', `${transform.repeat(2000)}</ds:Transforms>`)],
  ['19 000 elements', extended('<x/>'.repeat(19_000))],
  ['99 prefixes, 19 000 uses', extended(`<x${declarations(99)}>${many(19_000, (at) => `<p${at % 99}:x/>`)}</x>`)],
  ['99 attributes on 500 elements', extended(many(500, () => `<x${many(99, (at) => ` a${at}=""`)}/>`))],
  [
    '90 attributes with a namespace on 500 elements',
    extended(many(500, () => `<x xmlns:p="urn:p"${many(90, (at) => ` p:a${at}=""`)}/>`)),
  ],
  [
    '32 inclusive prefixes, declared 600 times',
    extended(many(600, () => `<x${declarations(32)}/>`)).replaceAll('"xs"', `"${many(32, (at) => `p${at} `)}"`),
  ],
  ['100 000 character references', extended('&#13;'.repeat(100_000))],
  ['39 000 CDATA sections', extended('<![CDATA[x]]>'.repeat(39_000))],
  ['20 000 levels', '<a>'.repeat(20_000)],
  ['20 000 attributes', `<a${many(20_000, (at) => ` a${at}=""`)}/>`],
  ['50 000 comments', `<a>${'<!-- -->'.repeat(50_000)}</a>`],
  ['half a megabyte of one attribute', `<a b="${'x'.repeat(500_000)}`],
  ['a megabyte of one letter', 'x'.repeat(780_000)],
]

console.log(`\n${'milliseconds to refuse'.padEnd(50)} ${'bytes'.padStart(7)} ${'median'.padStart(7)} refusal`)
for (const [title, xml] of hostile) {
  const encoded = encodePost(xml)
  const times: number[] = []
  let refusal = ''
  for (let run = 0; run < 9; run += 1) {
    const start = process.cpuUsage()
    const read = readResponse(encoded)
    const verified = read.ok ? verifyResponse(read.value, expected) : read
    const { user, system } = process.cpuUsage(start)
    times.push((user + system) / 1000)
    refusal = verified.ok ? 'accepted' : verified.error.code
  }
  const median = times.toSorted((a, b) => a - b)[4] ?? 0
  console.log(title.padEnd(50), String(xml.length).padStart(7), median.toFixed(1).padStart(7), refusal)
}
