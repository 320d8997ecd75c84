import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readCertificate, selfSignedCertificate } from './certificate.ts'

const notBefore = new Date('2026-01-31T12:00:00Z')
const notAfter = new Date('2036-01-31T12:00:00Z')

describe('a self-signed certificate', () => {
  test.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ])('of %s is one to OpenSSL: signed by its own key, for its name and time', async (_kind, keys) => {
    const base64 = await selfSignedCertificate({ commonName: 'Gatehouse Ü', keys, notBefore, notAfter })
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'))
    expect(certificate.verify(keys.publicKey)).toBe(true)
    expect(certificate.publicKey.equals(keys.publicKey)).toBe(true)
    expect(certificate.checkIssued(certificate)).toBe(true)
    expect([certificate.subject, certificate.issuer]).toEqual(['CN=Gatehouse Ü', 'CN=Gatehouse Ü'])
    expect([certificate.validFromDate, certificate.validToDate]).toEqual([notBefore, notAfter])
  })

  test.each(['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '2126-06-15T01:02:03Z'])('may end at %s', async (end) => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const base64 = await selfSignedCertificate({ commonName: 'a', keys, notBefore, notAfter: new Date(end) })
    expect(new X509Certificate(Buffer.from(base64, 'base64')).validToDate).toEqual(new Date(end))
  })

  test('has a serial number of its own', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const made = [1, 2].map(() => selfSignedCertificate({ commonName: 'a', keys, notBefore, notAfter }))
    const serials = (await Promise.all(made)).map((one) => new X509Certificate(Buffer.from(one, 'base64')).serialNumber)
    expect(new Set(serials).size).toBe(2)
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
  })

  test('may have a long name', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const base64 = await selfSignedCertificate({ commonName: 'x'.repeat(300), keys, notBefore, notAfter })
    expect(new X509Certificate(Buffer.from(base64, 'base64')).subject).toBe(`CN=${'x'.repeat(300)}`)
  })

  test('is not made for a key that cannot sign it', async () => {
    const keys = generateKeyPairSync('ed25519')
    await expect(selfSignedCertificate({ commonName: 'a', keys, notBefore, notAfter })).rejects.toThrow(RangeError)
  })
})

describe('reading a certificate', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const make = () => selfSignedCertificate({ commonName: 'a', keys, notBefore, notAfter })

  test('its key and its dates are known, however it was pasted', async () => {
    const base64 = await make()
    const lines = base64.replace(/.{64}/g, '$&\r\n')
    for (const text of [base64, ` ${lines}\n`, `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`]) {
      const certificate = readCertificate(text)
      expect(certificate).toMatchObject({ base64, notBefore, notAfter })
      expect(certificate?.publicKey.equals(keys.publicKey)).toBe(true)
    }
  })

  test('what follows it does not become part of it', async () => {
    const base64 = await make()
    const more = Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from('more')]).toString('base64')
    expect([null, base64]).toContain(readCertificate(more)?.base64 ?? null)
  })

  test.each(['', 'QUJD', '*', '-----BEGIN CERTIFICATE-----'])('%j is none', (text) => {
    expect(readCertificate(text)).toBeNull()
  })
})
