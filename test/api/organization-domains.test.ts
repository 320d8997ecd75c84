import { describe, expect, test } from 'vitest'
import type { OrganizationDomainId } from '#contracts/ids.ts'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Organization } from '#contracts/organizations.ts'
import { change } from '#db/work.ts'
import { expireClaim } from '#domain/organizations/domains.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

async function organization(api: TestEnvironment['api'], body: object = {}): Promise<Organization> {
  return (await api<Organization>('POST', '/organizations', { body: { name: 'Acme', ...body } })).body
}

async function claim(api: TestEnvironment['api'], organizationId: string, domain: string): Promise<OrganizationDomain> {
  const body = { organization_id: organizationId, domain }
  return (await api<OrganizationDomain>('POST', '/organization_domains', { body })).body
}

function verify(api: TestEnvironment['api'], domain: OrganizationDomain) {
  return api<OrganizationDomain>('POST', `/organization_domains/${domain.id}/verify`)
}

function publish(name: string, domain: OrganizationDomain): void {
  server.dns.set(name, [['v=spf1 -all'], [domain.verification_token ?? '']])
}

describe('a claim', () => {
  test('starts pending, with a token to publish and a name to publish it at', async () => {
    const { api } = await server.environment()
    const { id } = await organization(api)
    const { status, body } = await api<OrganizationDomain>('POST', '/organization_domains', {
      body: { organization_id: id, domain: 'Acme.test' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      organization_id: id,
      domain: 'acme.test',
      state: 'pending',
      verification_strategy: 'dns',
    })
    expect(body.verification_token).toMatch(/^[a-z0-9]{24}$/)
    expect(body.verification_prefix).toMatch(/^gatehouse-[a-z0-9]{8}$/)
    expect((await api<OrganizationDomain>('GET', `/organization_domains/${body.id}`)).body).toEqual(body)
    expect((await api<Organization>('GET', `/organizations/${id}`)).body.domains).toEqual([body])
    expect((await readLog(api)).at(-1)).toMatchObject({ event: 'organization_domain.created', data: body })
  })

  test('of an organization that does not exist is 404, naming the organization', async () => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organization_domains', {
      body: { organization_id: 'org_none', domain: 'a.test' },
    })
    expect([answer.status, answer.body]).toEqual([
      404,
      { message: "Organization not found: 'org_none'.", code: 'entity_not_found', entity_id: 'org_none' },
    ])
  })

  test('on a domain the organization claims already is a conflict', async () => {
    const { api } = await server.environment()
    const { id } = await organization(api)
    await claim(api, id, 'acme.test')
    const answer = await api('POST', '/organization_domains', { body: { organization_id: id, domain: 'ACME.test.' } })
    expect([answer.status, answer.body.code]).toEqual([409, 'domain_already_exists'])
  })

  test('on a domain another organization owns is a conflict, and in another environment it is not', async () => {
    const [one, two] = [await server.environment(), await server.environment()]
    await organization(one.api, { domain_data: [{ domain: 'acme.test', state: 'verified' }] })
    const [rival, stranger] = [await organization(one.api), await organization(two.api)]
    const body = (id: string) => ({ body: { organization_id: id, domain: 'acme.test' } })
    const refused = await one.api('POST', '/organization_domains', body(rival.id))
    expect([refused.status, refused.body.code]).toEqual([409, 'domain_already_exists'])
    expect((await two.api('POST', '/organization_domains', body(stranger.id))).status).toBe(201)
  })

  test.each([
    ['no domain', { organization_id: 'org_x' }, 'domain'],
    ['no organization', { domain: 'a.test' }, 'organization_id'],
    ['an id of another kind', { organization_id: 'conn_1', domain: 'a.test' }, 'organization_id'],
    ['a domain past 253 characters', { organization_id: 'org_x', domain: 'a'.repeat(254) }, 'domain'],
  ])('with %s is refused', async (_claim, body, field) => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organization_domains', { body })
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field])
  })
})

describe('verifying', () => {
  test.each([
    ['on the domain itself', (domain: OrganizationDomain) => domain.domain],
    ['on the prefix in front of it', (domain: OrganizationDomain) => `${domain.verification_prefix}.${domain.domain}`],
  ])('finds the token %s', async (where, nameOf) => {
    const { api } = await server.environment()
    const { id } = await organization(api)
    const claimed = await claim(api, id, `${where.length}.acme.test`)
    publish(nameOf(claimed), claimed)
    server.clock.advance(1000)
    const { status, body } = await verify(api, claimed)
    expect([status, body.state, body.verification_strategy]).toEqual([201, 'verified', 'dns'])
    expect(body.updated_at).not.toBe(claimed.updated_at)
    expect((await readLog(api)).at(-1)).toMatchObject({ event: 'organization_domain.verified', data: body })
  })

  test('puts a record together from its pieces', async () => {
    const { api } = await server.environment()
    const { id } = await organization(api)
    const claimed = await claim(api, id, 'pieces.test')
    const token = claimed.verification_token ?? ''
    server.dns.set('pieces.test', [[token.slice(0, 10), token.slice(10)]])
    expect((await verify(api, claimed)).body.state).toBe('verified')
  })

  test.each([
    ['there is no record', () => undefined],
    ['the record is another', () => [['something-else']]],
    ['the token is only part of the record', (token: string) => [[`x${token}`]]],
    ['the name server fails', () => new Error('SERVFAIL')],
  ])('leaves the claim pending when %s', async (claimText, records) => {
    const { api } = await server.environment()
    const { id } = await organization(api)
    const claimed = await claim(api, id, `n${claimText.length}.pending.test`)
    const answer = records(claimed.verification_token ?? '')
    if (answer) server.dns.set(claimed.domain, answer)
    const { status, body } = await verify(api, claimed)
    expect([status, body]).toEqual([201, claimed])
    expect((await readLog(api)).map((event) => event.event)).not.toContain('organization_domain.verified')
  })

  test.each([
    ['proven before', 'pending'],
    ['vouched for', 'verified'],
  ])('a domain that was %s is a bad request', async (_claim, state) => {
    const { api } = await server.environment()
    const { domains } = await organization(api, { domain_data: [{ domain: `${state}.twice.test`, state }] })
    const domain = domains[0]
    if (!domain) throw new Error('no domain')
    if (state === 'pending') {
      publish(domain.domain, domain)
      expect((await verify(api, domain)).status).toBe(201)
    }
    const again = await api('POST', `/organization_domains/${domain.id}/verify`)
    expect([again.status, again.body.code]).toEqual([400, 'domain_already_verified'])
  })

  test('ends the claims of rivals, with an event to each', async () => {
    const { api } = await server.environment()
    const [winner, loser] = [await organization(api), await organization(api)]
    const [won, lost] = [await claim(api, winner.id, 'rival.test'), await claim(api, loser.id, 'rival.test')]
    publish('rival.test', won)
    await verify(api, won)
    expect((await api<OrganizationDomain>('GET', `/organization_domains/${lost.id}`)).body.state).toBe('failed')
    expect((await readLog(api)).slice(-2)).toMatchObject([
      { event: 'organization_domain.verified', data: { id: won.id } },
      {
        event: 'organization_domain.verification_failed',
        data: {
          reason: 'domain_verified_by_other_organization',
          organization_domain: { id: lost.id, state: 'failed' },
        },
      },
    ])
  })

  test('a rival cannot take a domain that has an owner, whatever its DNS says', async () => {
    const { api } = await server.environment()
    const [winner, loser] = [await organization(api), await organization(api)]
    const [won, lost] = [await claim(api, winner.id, 'owned.test'), await claim(api, loser.id, 'owned.test')]
    publish('owned.test', won)
    await verify(api, won)
    publish('owned.test', lost)
    const answer = await api('POST', `/organization_domains/${lost.id}/verify`)
    expect([answer.status, answer.body.code]).toEqual([409, 'domain_already_exists'])
  })

  test('an organization made with the domain vouched for ends open claims on it as well', async () => {
    const { api } = await server.environment()
    const { id } = await organization(api)
    const lost = await claim(api, id, 'vouched.test')
    await organization(api, { domain_data: [{ domain: 'vouched.test', state: 'verified' }] })
    expect((await api<OrganizationDomain>('GET', `/organization_domains/${lost.id}`)).body.state).toBe('failed')
    expect((await readLog(api)).map((event) => event.event)).toContain('organization_domain.verification_failed')
  })

  test('rivals that prove it at the same moment end with one owner and no error of ours', async () => {
    const { api } = await server.environment()
    for (let round = 0; round < 5; round++) {
      const name = `race${round}.test`
      const claims = await Promise.all([1, 2, 3].map(async () => claim(api, (await organization(api)).id, name)))
      server.dns.set(
        name,
        claims.map((claimed) => [claimed.verification_token ?? '']),
      )
      const answers = await Promise.all(claims.map((claimed) => verify(api, claimed)))
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409])
    }
  })

  test('the same claim twice at the same moment verifies it once', async () => {
    const { api } = await server.environment()
    const claimed = await claim(api, (await organization(api)).id, 'twice.test')
    publish('twice.test', claimed)
    const answers = await Promise.all([verify(api, claimed), verify(api, claimed)])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400])
    const verified = (await readLog(api)).filter((event) => event.event === 'organization_domain.verified')
    expect(verified).toHaveLength(1)
  })
})

describe('expiry', () => {
  const expire = (environment: TestEnvironment, id: OrganizationDomainId) =>
    change(server.deps, { environment: environment.id }, (work) => expireClaim(work, id))

  test('fails a claim nobody proved, with the reason, once', async () => {
    const environment = await server.environment()
    const { api } = environment
    const claimed = await claim(api, (await organization(api)).id, 'late.test')
    server.clock.advance(31 * 24 * 60 * 60 * 1000)
    await expire(environment, claimed.id)
    await expire(environment, claimed.id)
    expect((await api<OrganizationDomain>('GET', `/organization_domains/${claimed.id}`)).body.state).toBe('failed')
    const failures = (await readLog(api)).filter((event) => event.event === 'organization_domain.verification_failed')
    expect(failures).toMatchObject([
      {
        data: {
          reason: 'domain_verification_period_expired',
          organization_domain: { id: claimed.id, state: 'failed' },
        },
      },
    ])
  })

  test('leaves a verified domain alone', async () => {
    const environment = await server.environment()
    const { domains } = await organization(environment.api, { domains: ['kept.test'] })
    const domain = domains[0]
    if (!domain) throw new Error('no domain')
    await expire(environment, domain.id)
    expect((await environment.api<OrganizationDomain>('GET', `/organization_domains/${domain.id}`)).body).toEqual(
      domain,
    )
  })

  test('a failed claim can still be proven', async () => {
    const environment = await server.environment()
    const claimed = await claim(environment.api, (await organization(environment.api)).id, 'again.test')
    await expire(environment, claimed.id)
    publish('again.test', claimed)
    expect((await verify(environment.api, claimed)).body.state).toBe('verified')
  })
})

describe('deleting', () => {
  test('a domain frees it for others, with an event', async () => {
    const { api } = await server.environment()
    const { domains } = await organization(api, { domains: ['free.test'] })
    const answer = await api('DELETE', `/organization_domains/${domains[0]?.id}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await readLog(api)).at(-1)).toMatchObject({ event: 'organization_domain.deleted', data: domains[0] })
    expect((await organization(api, { domains: ['free.test'] })).domains).toHaveLength(1)
  })

  test('rival organizations at the same moment as a verification ends in no error of ours', async () => {
    const { api } = await server.environment()
    for (let round = 0; round < 5; round++) {
      const name = `gone${round}.test`
      const owners = await Promise.all([1, 2, 3].map(() => organization(api)))
      const claims = await Promise.all(owners.map((owner) => claim(api, owner.id, name)))
      server.dns.set(
        name,
        claims.map((claimed) => [claimed.verification_token ?? '']),
      )
      const answers = await Promise.all([
        ...claims.map((claimed) => verify(api, claimed)),
        ...owners.map((owner) => api('DELETE', `/organizations/${owner.id}`)),
      ])
      for (const { status } of answers) expect([201, 202, 404, 409]).toContain(status)
    }
  })
})
