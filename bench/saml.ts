import { constants, generateKeyPairSync, hash, privateDecrypt, publicEncrypt, sign, verify } from 'node:crypto'
import { encodePost } from '#protocols/saml/bindings.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { type IssueOptions, issueResponse } from '#protocols/saml/issue.ts'
import { type Expected, readResponse, verifyResponse } from '#protocols/saml/response.ts'
import type { Report, Size } from './report.ts'
import { inTurns, median, pairedRatio } from './rounds.ts'

const rounds: Record<Size, number> = { quick: 3, default: 6, full: 12 }
const roundMs = 300

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
async function rate(run: () => void): Promise<number> {
  for (let warm = 0; warm < 200; warm += 1) run()
  const start = process.cpuUsage()
  const end = performance.now() + roundMs
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

const messages = [
  ['response signed', message(true, false), 1, false],
  ['assertion signed', message(false, true), 1, false],
  ['both signed', message(true, true), 2, false],
  ['AES-256-CBC, assertion signed', message(false, true, 'aes256-cbc'), 1, true],
  ['AES-256-GCM, both signed', message(true, true, 'aes256-gcm'), 2, true],
] as const

/** What a sign-in costs in the SAML core, beside the cryptography that no verifier can spare. */
export async function saml(size: Size): Promise<Report> {
  const rows: (string | number)[][] = []
  for (const [title, encoded, signatures, encrypted] of messages) {
    const { ours, bare } = await inTurns(rounds[size], {
      ours: () => rate(() => verifyMessage(encoded)),
      bare: () => rate(() => floor(signatures, encrypted)),
    })
    rows.push([title, Buffer.from(encoded, 'base64').length, median(ours), median(bare), pairedRatio(ours, bare)])
  }
  return { head: ['verifications per second of one core', 'bytes', 'gatehouse', 'floor', 'ratio'], rows, targets: [] }
}
