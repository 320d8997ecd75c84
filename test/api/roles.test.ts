import { describe, expect, test } from 'vitest'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { Permission } from '#contracts/permissions.ts'
import type { Role, RoleList } from '#contracts/roles.ts'
import { readLog } from '../support/log.ts'
import { claimsOf, peopleOf } from '../support/people.ts'
import { addGroup, createScimClient } from '../support/scim.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const path = '/authorization/roles'

async function slugs({ api }: TestEnvironment, of = path): Promise<string[]> {
  return (await api<RoleList>('GET', of)).body.data.map(({ slug }) => slug)
}

async function addRoles({ api }: TestEnvironment, ...names: string[]): Promise<void> {
  for (const slug of names) expect((await api('POST', path, { body: { slug, name: slug } })).status).toBe(201)
}

async function addPermissions({ api }: TestEnvironment, ...names: string[]): Promise<void> {
  for (const slug of names)
    expect((await api('POST', '/authorization/permissions', { body: { slug, name: slug } })).status).toBe(201)
}

async function addOrganization({ api }: TestEnvironment): Promise<string> {
  return (await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })).body.id
}

async function addMember(
  { api }: TestEnvironment,
  organization_id: string,
  roles: object,
): Promise<OrganizationMembership> {
  const email = `${Math.random()}@acme.test`
  const { body: user } = await api<{ id: string }>('POST', '/user_management/users', {
    body: { email, email_verified: true },
  })
  const body = { user_id: user.id, organization_id, ...roles }
  return (await api<OrganizationMembership>('POST', '/user_management/organization_memberships', { body })).body
}

describe('roles of an environment', () => {
  test('begin with one, and a new one is stronger than it and weaker than those there are', async () => {
    const environment = await server.environment()
    expect(await slugs(environment)).toEqual(['member'])
    await addRoles(environment, 'admin', 'editor')
    expect(await slugs(environment)).toEqual(['admin', 'editor', 'member'])
  })

  test('are read, renamed and deleted, each change one event', async () => {
    const environment = await server.environment()
    const { api } = environment
    const { body: made } = await api<Role>('POST', path, { body: { slug: 'admin', name: 'Admin' } })
    expect(made).toEqual({
      object: 'role',
      id: expect.stringMatching(/^role_/),
      slug: 'admin',
      name: 'Admin',
      description: null,
      type: 'EnvironmentRole',
      resource_type_slug: 'organization',
      permissions: [],
      created_at: '2026-03-01T12:00:00.000Z',
      updated_at: '2026-03-01T12:00:00.000Z',
    })
    expect((await api<Role>('GET', `${path}/admin`)).body).toEqual(made)
    const renamed = await api<Role>('PATCH', `${path}/admin`, { body: { name: 'Boss', description: 'All of it' } })
    expect(renamed.body).toMatchObject({ id: made.id, name: 'Boss', description: 'All of it' })
    await api('PATCH', `${path}/admin`, { body: { name: 'Boss' } })
    expect((await api('DELETE', `${path}/admin`)).status).toBe(204)
    expect((await api('GET', `${path}/admin`)).body).toMatchObject({ code: 'entity_not_found' })
    expect((await readLog(api)).map(({ event }) => event)).toEqual(['role.created', 'role.updated', 'role.deleted'])
  })

  test('are put in order, and another one becomes the default', async () => {
    const environment = await server.environment()
    const { api } = environment
    await addRoles(environment, 'admin', 'guest')
    const order = (body: object) => api<RoleList>('PUT', path, { body })
    const { body } = await order({ role_slugs: ['member', 'admin', 'guest'], default_role_slug: 'guest' })
    expect(body.data.map(({ slug }) => slug)).toEqual(['member', 'admin', 'guest'])
    const organization = await addOrganization(environment)
    expect((await addMember(environment, organization, {})).role).toEqual({ slug: 'guest' })
    expect((await api('DELETE', `${path}/guest`)).body).toMatchObject({ code: 'role_is_default' })
    await addRoles(environment, 'late')
    expect(await slugs(environment)).toEqual(['member', 'admin', 'late', 'guest'])
    for (const wrong of [
      { role_slugs: ['member', 'admin', 'guest'] },
      { role_slugs: ['member', 'admin', 'guest', 'guest'] },
      { role_slugs: ['member', 'admin', 'late', 'nobody'] },
      { role_slugs: ['member', 'admin', 'late', 'guest'], default_role_slug: 'nobody' },
    ])
      expect((await order(wrong)).body).toMatchObject({ code: 'invalid_role_order' })
    expect(await slugs(environment)).toEqual(['member', 'admin', 'late', 'guest'])
  })

  test('made at once keep an order of their own and one slug means one', async () => {
    const environment = await server.environment()
    const made = await Promise.all(
      ['a', 'b', 'a', 'c', 'b'].map((slug) => environment.api('POST', path, { body: { slug, name: slug } })),
    )
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 409, 409])
    expect((await slugs(environment)).at(-1)).toBe('member')
    const rows = await server.db.kysely
      .selectFrom('roles')
      .select('priority')
      .where('environment_id', '=', environment.id)
      .execute()
    expect(new Set(rows.map(({ priority }) => priority)).size).toBe(4)
  })

  test.each([
    ['a slug in capitals', { slug: 'Admin', name: 'A' }],
    ['a slug with spaces', { slug: 'the admin', name: 'A' }],
    ['a slug of 49 characters', { slug: 'a'.repeat(49), name: 'A' }],
    ['no name', { slug: 'admin' }],
    ['a name of 49 characters', { slug: 'admin', name: 'a'.repeat(49) }],
  ])('are refused with %s', async (_claim, body) => {
    const { api } = await server.environment()
    expect((await api('POST', path, { body })).status).toBe(422)
  })
})

describe('roles of an organization', () => {
  test('come before those of the environment, are its own alone, and have events of their own', async () => {
    const environment = await server.environment()
    const { api } = environment
    const [one, two] = [await addOrganization(environment), await addOrganization(environment)]
    const mine = `/authorization/organizations/${one}/roles`
    const { body: made } = await api<Role>('POST', mine, { body: { name: 'Billing Contact' } })
    expect(made).toMatchObject({ slug: 'org-billing-contact', type: 'OrganizationRole' })
    expect(await slugs(environment, mine)).toEqual(['org-billing-contact', 'member'])
    expect(await slugs(environment, `/organizations/${one}/roles`)).toEqual(['org-billing-contact', 'member'])
    expect(await slugs(environment, `/authorization/organizations/${two}/roles`)).toEqual(['member'])
    expect(await slugs(environment)).toEqual(['member'])
    expect((await api<Role>('GET', `${mine}/org-billing-contact`)).body).toEqual(made)
    expect((await api<Role>('GET', `${mine}/member`)).body.type).toBe('EnvironmentRole')
    expect((await api('GET', `/authorization/organizations/${two}/roles/org-billing-contact`)).status).toBe(404)
    await api('PATCH', `${mine}/org-billing-contact`, { body: { name: 'Billing' } })
    await api('DELETE', `${mine}/org-billing-contact`)
    const log = await readLog(api)
    expect(log.slice(2).map(({ event }) => event)).toEqual([
      'organization_role.created',
      'organization_role.updated',
      'organization_role.deleted',
    ])
    expect(log[2]?.data).toMatchObject({ object: 'organization_role', organization_id: one, name: 'Billing Contact' })
  })

  test('cannot change what is the environment’s, nor share a slug with it', async () => {
    const environment = await server.environment()
    const { api } = environment
    const organization = await addOrganization(environment)
    const mine = `/authorization/organizations/${organization}/roles`
    expect((await api('PATCH', `${mine}/member`, { body: { name: 'Mine' } })).status).toBe(404)
    expect((await api('DELETE', `${mine}/member`)).status).toBe(404)
    const taken = await api('POST', mine, { body: { slug: 'member', name: 'Member' } })
    expect([taken.status, taken.body.code]).toEqual([409, 'organization_role_slug_conflict'])
    await api('POST', mine, { body: { slug: 'owner', name: 'Owner' } })
    const again = await api('POST', path, { body: { slug: 'owner', name: 'Owner' } })
    expect([again.status, again.body.code]).toEqual([409, 'role_slug_conflict'])
  })

  test('are given to its members and to nobody else', async () => {
    const environment = await server.environment()
    const [one, two] = [await addOrganization(environment), await addOrganization(environment)]
    await environment.api('POST', `/authorization/organizations/${one}/roles`, {
      body: { slug: 'owner', name: 'Owner' },
    })
    const membership = await addMember(environment, one, { role_slugs: ['member', 'owner'] })
    // The strongest first, whatever the order they were asked for in.
    expect([membership.role, membership.roles]).toEqual([{ slug: 'owner' }, [{ slug: 'owner' }, { slug: 'member' }]])
    expect(await addMember(environment, two, { role_slug: 'owner' })).toMatchObject({ code: 'invalid_role' })
  })
})

describe('permissions', () => {
  test('are made, renamed and deleted, and leave the roles that had them', async () => {
    const environment = await server.environment()
    const { api } = environment
    const { status, body: made } = await api<Permission>('POST', '/authorization/permissions', {
      body: { slug: 'documents:read', name: 'Read', description: 'All documents' },
    })
    expect([status, made]).toEqual([
      201,
      {
        object: 'permission',
        id: expect.stringMatching(/^perm_/),
        slug: 'documents:read',
        name: 'Read',
        description: 'All documents',
        system: false,
        resource_type_slug: 'organization',
        created_at: '2026-03-01T12:00:00.000Z',
        updated_at: '2026-03-01T12:00:00.000Z',
      },
    ])
    await addRoles(environment, 'reader')
    await api('PUT', `${path}/reader/permissions`, { body: { permissions: ['documents:read'] } })
    await api('PATCH', '/authorization/permissions/documents:read', { body: { description: null } })
    expect((await api('DELETE', '/authorization/permissions/documents:read')).status).toBe(204)
    expect((await api<Role>('GET', `${path}/reader`)).body.permissions).toEqual([])
    const log = await readLog(api)
    expect(log.map(({ event }) => event)).toEqual([
      'permission.created',
      'role.created',
      'role.updated',
      'permission.updated',
      'role.updated',
      'permission.deleted',
    ])
    expect([log[2]?.data, log[4]?.data]).toMatchObject([{ permissions: ['documents:read'] }, { permissions: [] }])
    const again = await api('DELETE', '/authorization/permissions/documents:read')
    expect([again.status, again.body.code]).toEqual([404, 'entity_not_found'])
  })

  test('are set, added and taken, and the same again is no news', async () => {
    const environment = await server.environment()
    const { api } = environment
    await addPermissions(environment, 'a', 'b', 'c')
    const organization = await addOrganization(environment)
    const mine = `/authorization/organizations/${organization}/roles/owner`
    await api('POST', `/authorization/organizations/${organization}/roles`, { body: { slug: 'owner', name: 'Owner' } })
    const before = (await readLog(api)).length
    const permissions = async (method: string, of: string, body?: object) =>
      (await api<Role>(method, of, { body })).body.permissions
    expect(await permissions('PUT', `${mine}/permissions`, { permissions: ['c', 'a'] })).toEqual(['a', 'c'])
    expect(await permissions('PUT', `${mine}/permissions`, { permissions: ['a', 'c'] })).toEqual(['a', 'c'])
    expect(await permissions('POST', `${mine}/permissions`, { slug: 'b' })).toEqual(['a', 'b', 'c'])
    expect(await permissions('POST', `${mine}/permissions`, { slug: 'b' })).toEqual(['a', 'b', 'c'])
    expect(await permissions('DELETE', `${mine}/permissions/a`)).toEqual(['b', 'c'])
    expect((await api('DELETE', `${mine}/permissions/a`)).status).toBe(404)
    expect((await api('POST', `${mine}/permissions`, { body: { slug: 'x' } })).status).toBe(404)
    expect((await api('PUT', `${mine}/permissions`, { body: { permissions: ['b', 'x'] } })).status).toBe(404)
    expect(await permissions('GET', mine)).toEqual(['b', 'c'])
    expect((await readLog(api)).length - before).toBe(3)
  })

  test('of all roles of a member together are their claims, and those of other organizations are not', async () => {
    const environment = await server.environment()
    const { api } = environment
    const claims = async (member: OrganizationMembership) =>
      claimsOf(await peopleOf(server, environment).signIn(member.user, { emailProven: true }))
    await addPermissions(environment, 'a', 'b', 'c', 'd')
    await addRoles(environment, 'admin')
    const [one, two] = [await addOrganization(environment), await addOrganization(environment)]
    for (const [organization, permission] of [
      [one, 'c'],
      [two, 'd'],
    ] as const) {
      const roles = `/authorization/organizations/${organization}/roles`
      await api('POST', roles, { body: { slug: 'owner', name: 'Owner' } })
      await api('POST', `${roles}/owner/permissions`, { body: { slug: permission } })
    }
    await api('PUT', `${path}/admin/permissions`, { body: { permissions: ['b', 'a'] } })
    await api('PUT', `${path}/member/permissions`, { body: { permissions: ['a'] } })
    const membership = await addMember(environment, one, { role_slugs: ['member', 'owner', 'admin'] })
    expect(await claims(membership)).toMatchObject({
      role: 'owner',
      roles: ['owner', 'admin', 'member'],
      permissions: ['a', 'b', 'c'],
    })
    const plain = await addMember(environment, one, {})
    expect(await claims(plain)).toMatchObject({
      role: 'member',
      roles: ['member'],
      permissions: ['a'],
    })
  })
})

describe('a role stays', () => {
  test('that a member has, until the member has another', async () => {
    const environment = await server.environment()
    await addRoles(environment, 'admin')
    const { id } = await addMember(environment, await addOrganization(environment), { role_slug: 'admin' })
    const answer = await environment.api('DELETE', `${path}/admin`)
    expect([answer.status, answer.body.code]).toEqual([409, 'role_has_assignments'])
    await environment.api('PUT', `/user_management/organization_memberships/${id}`, { body: { role_slug: 'member' } })
    expect((await environment.api('DELETE', `${path}/admin`)).status).toBe(204)
  })

  test('that a group gives', async () => {
    const client = await createScimClient(server)
    const { environment, directory } = client
    await addRoles(environment, 'admin')
    const group = await addGroup(client, 'Admins')
    await environment.api('PUT', `/organizations/${directory.organization_id}/group_roles`, {
      body: { group_roles: [{ group_id: group, role_slug: 'admin' }] },
    })
    const answer = await environment.api('DELETE', `${path}/admin`)
    expect([answer.status, answer.body.code]).toEqual([409, 'role_has_group_role_mappings'])
  })
})
