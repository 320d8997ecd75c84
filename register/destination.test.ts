import { describe, expect, test } from 'vitest'
import { destination } from './destination.mjs'

describe('where the SDK is sent', () => {
  test.each([
    ['a server started by gatehouse dev, when nothing is set', {}, 'http://localhost:4100'],
    ['empty variables count as unset', { GATEHOUSE_URL: '', WORKOS_API_PORT: '' }, 'http://localhost:4100'],
    ['GATEHOUSE_URL', { GATEHOUSE_URL: 'https://sign-in.acme.test' }, 'https://sign-in.acme.test'],
    ['GATEHOUSE_URL with a closing slash', { GATEHOUSE_URL: 'http://localhost:4100/' }, 'http://localhost:4100'],
    [
      'GATEHOUSE_URL before the vendor variables',
      { GATEHOUSE_URL: 'http://localhost:1', WORKOS_API_HOSTNAME: 'localhost', WORKOS_API_PORT: '2' },
      'http://localhost:1',
    ],
    [
      'the three vendor variables',
      { WORKOS_API_HOSTNAME: 'gate.acme.test', WORKOS_API_PORT: '8443', WORKOS_API_HTTPS: 'true' },
      'https://gate.acme.test:8443',
    ],
    ['false means plain http', { WORKOS_API_HOSTNAME: 'gate', WORKOS_API_HTTPS: 'false' }, 'http://gate'],
    ['a port alone is a port of this machine', { WORKOS_API_PORT: '4000' }, 'http://localhost:4000'],
    ['a host with its port', { WORKOS_API_HOSTNAME: '127.0.0.1:4000' }, 'http://127.0.0.1:4000'],
    ['IPv6 loopback is this machine', { WORKOS_API_HOSTNAME: '[::1]', WORKOS_API_PORT: '4000' }, 'http://[::1]:4000'],
    ['https when unset and not this machine', { WORKOS_API_HOSTNAME: 'gate.acme.test' }, 'https://gate.acme.test'],
  ])('%s', (_claim, env, expected) => expect(destination(env)).toBe(expected))
})

describe('a variable that cannot be followed stops the app and is named', () => {
  test.each([
    ['no scheme', { GATEHOUSE_URL: 'localhost:4100' }, /GATEHOUSE_URL gives "localhost:4100"/],
    ['a path, which the SDK would drop', { GATEHOUSE_URL: 'http://localhost:4100/api' }, /GATEHOUSE_URL/],
    ['a query', { GATEHOUSE_URL: 'http://localhost:4100?x=1' }, /GATEHOUSE_URL/],
    ['a name and password', { GATEHOUSE_URL: 'http://a:b@localhost:4100' }, /GATEHOUSE_URL/],
    ['a host that is a whole address', { WORKOS_API_HOSTNAME: 'http://localhost' }, /WORKOS_API_HOSTNAME/],
    ['a port that is no number', { WORKOS_API_PORT: 'http' }, /WORKOS_API_PORT/],
    [
      'a yes that is neither true nor false',
      { WORKOS_API_HTTPS: 'yes' },
      /WORKOS_API_HTTPS is "yes"; write true or false/,
    ],
  ])('%s', (_claim, env, message) => expect(() => destination(env)).toThrow(message))
})
