import type { FastifyInstance } from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import type { VerifiedAssertion } from '#protocols/saml/response.ts'
import { guidFor, kinds } from './kinds.ts'
import { fetchMetadata, startTestIdp, TestServiceProvider } from './test-service-provider.ts'

let app: FastifyInstance

beforeAll(async () => {
  app = await startTestIdp()
  for (const kind of Object.keys(kinds))
    await app.inject({ method: 'POST', url: '/test-idp/idps', payload: { slug: kind, kind, name: kind } })
})

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoft = 'http://schemas.microsoft.com/identity/claims'
const okta = {
  id: ['00u1a0ufowBJlzPlk357'],
  email: ['todd@example.com'],
  firstName: ['Todd'],
  lastName: ['Rundgren'],
  groups: ['Engineering', 'Admins'],
}

describe('what a service provider reads', () => {
  test.each([
    ['test-idp', okta],
    ['okta-like', okta],
    ['google-like', { email: okta.email, firstName: okta.firstName, lastName: okta.lastName, groups: okta.groups }],
    [
      'entra-like',
      {
        [`${microsoft}/tenantid`]: [guidFor('tenant')],
        [`${microsoft}/objectidentifier`]: [guidFor('00u1a0ufowBJlzPlk357')],
        [`${microsoft}/displayname`]: ['Todd Rundgren'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': [guidFor('Engineering'), guidFor('Admins')],
        [`${microsoft}/identityprovider`]: [`https://sts.windows.net/${guidFor('tenant')}/`],
        'http://schemas.microsoft.com/claims/authnmethodsreferences': [
          'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
        ],
        [`${claims}/givenname`]: ['Todd'],
        [`${claims}/surname`]: ['Rundgren'],
        [`${claims}/emailaddress`]: ['todd@example.com'],
        [`${claims}/name`]: ['todd@example.com'],
      },
    ],
  ])('%s sends the attributes of its vendor and no others', async (kind, attributes) => {
    const { assertion } = await signIn(kind, 'auto=todd@example.com')
    expect(Object.fromEntries(assertion.attributes)).toEqual(attributes)
  })

  test.each([
    ['test-idp', 'emailAddress', true],
    ['okta-like', 'unspecified', true],
    ['entra-like', 'emailAddress', false],
    ['google-like', 'emailAddress', false],
  ])('%s names the user by address, as %s; it signs the response: %s', async (kind, format, signsResponse) => {
    const { assertion, xml } = await signIn(kind, 'auto=todd@example.com')
    expect(assertion.nameId).toBe('todd@example.com')
    expect(assertion.nameIdFormat).toBe(`urn:oasis:names:tc:SAML:1.1:nameid-format:${format}`)
    const [beforeAssertion = '', inAssertion = ''] = xml.split(/<[\w-]*:?Assertion[ >]/)
    expect([/<[\w-]*:?Signature[ >]/.test(beforeAssertion), /<[\w-]*:?Signature[ >]/.test(inAssertion)]).toEqual([
      signsResponse,
      true,
    ])
  })

  test.each(Object.keys(kinds))('%s keeps names outside ASCII whole', async (kind) => {
    const { assertion } = await signIn(kind, 'auto=renee.tanaka@example.com')
    const names = kind === 'entra-like' ? [`${claims}/givenname`, `${claims}/surname`] : ['firstName', 'lastName']
    expect(names.map((name) => assertion.attributes.get(name))).toEqual([['Renée'], ['田中 日本']])
  })

  test('what is empty is left out, rather than sent empty', async () => {
    const { assertion } = await signIn('okta-like', 'auto=new.person@example.com&last_name=&groups=')
    expect([...assertion.attributes.keys()]).toEqual(['id', 'email', 'firstName'])
  })

  test('a stranger has the same id at every sign-in, and another one than the next stranger', async () => {
    const ids = await Promise.all(
      ['kim@example.com', 'kim@example.com', 'lee@example.com'].map(async (email) => {
        const { assertion } = await signIn('okta-like', `auto=${email}`)
        return assertion.attributes.get('id')?.[0]
      }),
    )
    expect(ids[0]).toMatch(/^00u[A-Za-z0-9]{17}$/)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })
})

describe('the scenarios that are accepted are what they say', () => {
  test('200 groups arrive in their order', async () => {
    const { assertion } = await signIn('okta-like', 'scenario=many-groups')
    const groups = assertion.attributes.get('groups')
    expect([groups?.length, groups?.[0], groups?.[199]]).toEqual([200, 'Group 1', 'Group 200'])
  })

  test('no names come with “no-names”', async () => {
    const { assertion } = await signIn('okta-like', 'scenario=no-names')
    expect([...assertion.attributes.keys()]).toEqual(['id', 'email', 'groups'])
  })

  test('a transient NameID is another one each time', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => signIn('okta-like', 'auto=todd@example.com&scenario=transient-name-id')),
    )
    expect(first?.assertion.nameIdFormat).toBe('urn:oasis:names:tc:SAML:2.0:nameid-format:transient')
    expect(first?.assertion.nameId).not.toBe(second?.assertion.nameId)
  })
})

async function signIn(
  slug: string,
  query: string,
): Promise<{ readonly assertion: VerifiedAssertion; readonly xml: string }> {
  const serviceProvider = new TestServiceProvider({ metadata: await fetchMetadata(app, slug) })
  const { id, path } = serviceProvider.startSignIn()
  const sent = await app.inject(`${path}&${query}&format=json`)
  const { SAMLResponse } = sent.json<{ SAMLResponse: string }>()
  const verified = serviceProvider.verify(SAMLResponse, id)
  if (!verified.ok) throw new Error(verified.error.code)
  return { assertion: verified.value, xml: Buffer.from(SAMLResponse, 'base64').toString() }
}
