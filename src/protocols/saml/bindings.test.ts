import { generateKeyPairSync, sign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  decodePost,
  decodeRedirect,
  encodePost,
  redirectUrl,
  type RedirectMessage,
  verifyRedirectSignature,
} from './bindings.ts'
import { ecKeys, idp, rsaKeys, stranger } from './testdata/messages.ts'

const xml = '<a b="ü">𝒳+/=&amp;</a>'

function decoded(url: string): RedirectMessage {
  const result = decodeRedirect(url.slice(url.indexOf('?') + 1))
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

const deflated = (text: string | Buffer) => encodeURIComponent(deflateRawSync(text).toString('base64'))

describe('HTTP Redirect binding', () => {
  test.each([
    ['https://idp.example/sso', 'https://idp.example/sso?SAMLRequest='],
    ['https://idp.example/sso?tenant=1', 'https://idp.example/sso?tenant=1&SAMLRequest='],
    ['https://idp.example/sso?', 'https://idp.example/sso?SAMLRequest='],
    ['https://idp.example/sso?a&', 'https://idp.example/sso?a&SAMLRequest='],
  ])('%s keeps what it has', (destination, beginning) => {
    const url = redirectUrl(destination, 'SAMLRequest', xml, undefined)
    expect(url.slice(0, beginning.length)).toBe(beginning)
    expect(decoded(url)).toMatchObject({ parameter: 'SAMLRequest', xml, relayState: undefined, signature: undefined })
  })

  test('a fragment stays at the end', () => {
    expect(redirectUrl('https://idp.example/#/sso', 'SAMLRequest', xml, undefined)).toMatch(
      /^https:\/\/idp\.example\/\?SAMLRequest=[^#]+#\/sso$/,
    )
  })

  test.each([undefined, '', 'r', ' &=+%/ü'])('the relay state %j comes back', (relayState) => {
    const url = redirectUrl('https://idp.example', 'SAMLResponse', xml, relayState, { key: idp.privateKey })
    const message = decoded(url)
    expect(message).toMatchObject({ parameter: 'SAMLResponse', xml, relayState })
    expect(verifyRedirectSignature(message, idp.publicKey)).toBe(true)
  })

  test('a URL parser reads the same as we do', () => {
    const { searchParams } = new URL(
      redirectUrl('https://idp.example', 'SAMLRequest', xml, 'a b', { key: idp.privateKey }),
    )
    expect([...searchParams.keys()]).toEqual(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])
    expect(searchParams.get('RelayState')).toBe('a b')
  })

  const query = `SAMLRequest=${deflated(xml)}`
  test.each<[string, string, object]>([
    ['no message', 'RelayState=a', { code: 'no_message' }],
    ['nothing', '', { code: 'no_message' }],
    ['a message without text', 'SAMLRequest', { code: 'not_base64' }],
    ['two messages', `${query}&${query}`, { code: 'repeated_parameter', parameter: 'SAMLRequest' }],
    ['a request and a response', `${query}&SAMLResponse=x`, { code: 'repeated_parameter', parameter: 'SAMLResponse' }],
    ['two relay states', `${query}&RelayState=a&RelayState=b`, { code: 'repeated_parameter', parameter: 'RelayState' }],
    ['a broken escape', `${query}&RelayState=%E4`, { code: 'not_url_encoded', parameter: 'RelayState' }],
    ['another encoding', `${query}&SAMLEncoding=urn:x`, { code: 'unsupported_encoding', received: 'urn:x' }],
    ['something other than base64', 'SAMLRequest=***', { code: 'not_base64' }],
    ['an unescaped plus, which is a space', `SAMLRequest=a+b=`, { code: 'not_base64' }],
    ['text that is not deflated', `SAMLRequest=${encodeURIComponent(encodePost(xml))}`, { code: 'not_deflated' }],
    ['Latin-1', `SAMLRequest=${deflated(Buffer.from('ä', 'latin1'))}`, { code: 'not_utf8' }],
    ['a signature without its algorithm', `${query}&Signature=QQ==`, { code: 'incomplete_signature' }],
    ['an algorithm without a signature', `${query}&SigAlg=urn:x`, { code: 'incomplete_signature' }],
    ['a signature that is not base64', `${query}&SigAlg=urn:x&Signature=*`, { code: 'not_base64' }],
  ])('%s is refused', (_title, text, error) => {
    expect(decodeRedirect(text)).toEqual({ ok: false, error })
  })

  test('a message that inflates beyond the limit is not inflated', () => {
    const result = decodeRedirect(`SAMLRequest=${deflated('a'.repeat(5_000_000))}`)
    expect(result).toMatchObject({ ok: false, error: { code: 'too_large', limit: 524_288 } })
  })

  test('the one encoding there is may be named, and other parameters do not matter', () => {
    const encoding = encodeURIComponent('urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE')
    expect(decodeRedirect(`a=b&a=c&%=d&${query}&SAMLEncoding=${encoding}`)).toMatchObject({ ok: true, value: { xml } })
  })
})

describe('the signature of a redirect', () => {
  const url = redirectUrl('https://idp.example', 'SAMLRequest', xml, 'r/s', { key: idp.privateKey })

  test('covers the octets as they came, whatever their order', () => {
    const parts = url.slice(url.indexOf('?') + 1).split('&')
    expect(verifyRedirectSignature(decoded(`?${parts.toReversed().join('&')}`), idp.publicKey)).toBe(true)
    const lowerCase = url.replace('r%2Fs', 'r%2fs')
    expect(decoded(lowerCase).relayState).toBe('r/s')
    expect(verifyRedirectSignature(decoded(lowerCase), idp.publicKey)).toBe(false)
  })

  test.each([
    ['another relay state', url.replace('r%2Fs', 'x')],
    ['no relay state', url.replace('&RelayState=r%2Fs', '')],
    ['another message', url.replace(/SAMLRequest=[^&]+/, `SAMLRequest=${deflated('<b/>')}`)],
    ['the name of the other message', url.replace('SAMLRequest', 'SAMLResponse')],
    ['another algorithm', url.replace('rsa-sha256', 'rsa-sha512')],
    ['no signature', url.replace(/&SigAlg=.*/, '')],
  ])('does not cover %s', (_title, changed) => {
    expect(changed).not.toBe(url)
    expect(verifyRedirectSignature(decoded(changed), idp.publicKey)).toBe(false)
  })

  test('does not verify with another key', () => {
    expect(verifyRedirectSignature(decoded(url), stranger.publicKey)).toBe(false)
  })

  const signedWith = (algorithm: string, hash: string, key: Parameters<typeof sign>[2]) => {
    const octets = `SAMLRequest=${deflated(xml)}&SigAlg=${encodeURIComponent(algorithm)}`
    return decoded(
      `?${octets}&Signature=${encodeURIComponent(sign(hash, Buffer.from(octets), key).toString('base64'))}`,
    )
  }

  test('of RSA-SHA512 verifies, of SHA-1 does not', () => {
    const strong = signedWith('http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'sha512', idp.privateKey)
    const weak = signedWith('http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'sha1', idp.privateKey)
    expect([strong, weak].map((message) => verifyRedirectSignature(message, idp.publicKey))).toEqual([true, false])
  })

  test('needs a key of its own kind and of enough strength', async () => {
    const rsa256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
    const ec256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
    const weak = await rsaKeys(1024)
    const ec = await ecKeys('P-256')
    expect(verifyRedirectSignature(signedWith(rsa256, 'sha256', weak.privateKey), weak.publicKey)).toBe(false)
    expect(verifyRedirectSignature(signedWith(rsa256, 'sha256', ec.privateKey), ec.publicKey)).toBe(false)
    const ecdsa = signedWith(ec256, 'sha256', { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
    expect(verifyRedirectSignature(ecdsa, ec.publicKey)).toBe(true)
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(verifyRedirectSignature(signedWith('urn:x', 'sha256', idp.privateKey), publicKey)).toBe(false)
  })
})

describe('HTTP POST binding', () => {
  test('a message comes back', () => {
    expect(decodePost(encodePost(xml))).toEqual({ ok: true, value: xml })
  })

  test.each<[string, string, object]>([
    ['nothing', '', { code: 'not_base64' }],
    ['something other than base64', '<a/>', { code: 'not_base64' }],
    ['Latin-1', Buffer.from('ä', 'latin1').toString('base64'), { code: 'not_utf8' }],
    ['a byte too many', encodePost('a'.repeat(524_289)), { code: 'too_large', received: 524_289, limit: 524_288 }],
    ['far too much', 'a'.repeat(1_048_577), { code: 'too_large', received: 1_048_577, limit: 524_288 }],
  ])('%s is refused', (_title, text, error) => {
    expect(decodePost(text)).toEqual({ ok: false, error })
  })

  test('the most there may be is decoded', () => {
    expect(decodePost(encodePost('a'.repeat(524_288))).ok).toBe(true)
  })
})
