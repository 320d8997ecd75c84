import { expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import { mostCountedMembers, type OrganizationSummary } from '#contracts/organization-summaries.ts'
import type { Organization } from '#contracts/organizations.ts'
import { openDashboard } from '../support/dashboard.ts'
import { addUser, createScimClient } from '../support/scim.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { createSsoTenant } from '../support/sso-tenant.ts'

const server = useTestServer()

async function summaries({ id }: Pick<TestEnvironment, 'id'>, query = ''): Promise<Page<OrganizationSummary>> {
  const { ask } = await openDashboard(server, 'viewer')
  const answer = await ask<Page<OrganizationSummary>>('GET', `/dashboard/api/${id}/organization_summaries${query}`)
  expect(answer.status).toBe(200)
  return answer.body
}

async function addMembers(environment: TestEnvironment, organization: string, count: number): Promise<void> {
  const [users, members] = [
    `insert into users (environment_id, id, email, email_verified, created_at, updated_at)
     select $1, 'user_' || n, n || '@example.com', true, now(), now() from generate_series(1, $2::integer) n`,
    `insert into organization_memberships (environment_id, id, user_id, organization_id, status, role_slugs, created_at, updated_at)
     select $1, 'om_' || n, 'user_' || n, $3, case when n = 1 then 'pending' else 'active' end, '{member}', now(), now()
     from generate_series(1, $2::integer) n`,
  ] as const
  await server.db.pool.query(users, [environment.id, count])
  await server.db.pool.query(members, [environment.id, count, organization])
}

test('an organization shows the connection and the directory that work best, and its active members', async () => {
  const { environment, organization, connection, signIn } = await createSsoTenant(server)
  const make = async (path: string, body: object) =>
    (await environment.api<{ id: string }>('POST', path, { body })).body.id
  await signIn()
  await make('/connections', { organization_id: organization.id, connection_type: 'GenericSAML' })
  const directory = await make('/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
    name: 'Okta',
  })
  await addMembers(environment, organization.id, 3)
  const { data } = await summaries(environment)
  const same = (await environment.api<Organization>('GET', `/organizations/${organization.id}`)).body
  expect(data).toEqual([
    {
      id: organization.id,
      organization: same,
      connection: { id: connection.id, connection_type: 'OktaSAML', state: 'active' },
      directory: { id: directory, type: 'okta scim v2.0', state: 'unlinked' },
      members: 2,
    },
  ])
  expect((await summaries(await server.environment())).data).toEqual([])
})

test('they come in pages and can be searched', async () => {
  const client = await createScimClient(server)
  await addUser(client, 'ann@example.com')
  const { environment } = client
  for (const name of ['Alpha', 'Beta']) await environment.api('POST', '/organizations', { body: { name } })
  const first = await summaries(environment, '?order=desc&limit=2')
  expect(first.data.map(({ organization }) => organization.name)).toEqual(['Beta', 'Alpha'])
  const rest = await summaries(environment, `?order=desc&limit=2&after=${first.list_metadata.after}`)
  expect(rest.data.map(({ directory, members }) => [directory?.state, members])).toEqual([['linked', 0]])
  const found = await summaries(environment, '?search=alph')
  expect(found.data.map(({ organization }) => organization.name)).toEqual(['Alpha'])
})

test('nobody counts further than pages say', async () => {
  const environment = await server.environment()
  const { body } = await environment.api<Organization>('POST', '/organizations', { body: { name: 'Large' } })
  await addMembers(environment, body.id, mostCountedMembers + 2)
  expect((await summaries(environment)).data[0]?.members).toBe(mostCountedMembers)
})
