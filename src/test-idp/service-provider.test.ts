import { describe, expect, test } from 'vitest'
import { isAcsUrl, isNearby } from './service-provider.ts'

describe('where a response may go unregistered', () => {
  test.each([
    ['localhost', 'http://localhost:3000/acs', true],
    ['a name under localhost', 'http://app.localhost/acs', true],
    ['IPv4 loopback', 'http://127.0.0.1:4100/acs', true],
    ['any address of 127/8', 'http://127.9.8.7/acs', true],
    ['IPv4 loopback in another spelling', 'http://0x7f.1/acs', true],
    ['IPv6 loopback', 'https://[::1]/acs', true],
    ['this server', 'https://gatehouse.test:4100/sso/saml/acs/1', true],
    ['another port of this server’s name', 'https://gatehouse.test/acs', false],
    ['this server without TLS', 'http://gatehouse.test:4100/acs', false],
    ['a name that begins with localhost', 'http://localhost.attacker.test/acs', false],
    ['a name that ends with localhost', 'http://notlocalhost/acs', false],
    ['a name that begins with 127.', 'http://127.0.0.1.attacker.test/acs', false],
    ['another private address', 'http://192.168.0.1/acs', false],
    ['elsewhere', 'https://app.example.com/acs', false],
  ])('%s: %s', (_claim, acsUrl, expected) => {
    expect(isNearby(acsUrl, 'https://gatehouse.test:4100')).toBe(expected)
  })
})

describe('what can be an ACS URL', () => {
  test.each([
    ['https', 'https://app.test/acs?x=1', true],
    ['http', 'http://localhost/acs', true],
    ['a script', 'javascript:alert(1)//http://localhost', false],
    ['data', 'data:text/html,x', false],
    ['a relative URL', '/acs', false],
    ['a user name, which hides the host', 'http://localhost@attacker.test/', false],
    ['a fragment', 'http://localhost/acs#x', false],
    ['nothing', '', false],
    ['an endless one', `http://localhost/${'a'.repeat(2048)}`, false],
  ])('%s', (_claim, text, expected) => {
    expect(isAcsUrl(text)).toBe(expected)
  })
})
