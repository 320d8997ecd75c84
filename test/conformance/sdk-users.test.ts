import { WorkOS as WorkOS11 } from 'workos-11'
import { WorkOS as WorkOS7 } from 'workos-7'
import { WorkOS as WorkOS8 } from 'workos-8'
import { describe, expect, test } from 'vitest'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

/** The part the three majors share; the methods used here take and give the same in each. */
type UserManagement = WorkOS11['userManagement']

const connect = {
  7: (key: string) => new WorkOS7(key, ours()),
  8: (key: string) => new WorkOS8(key, ours()),
  11: (key: string) => new WorkOS11(key, ours()),
} as const

function ours() {
  return { apiHostname: '127.0.0.1', port: server.port, https: false }
}

function usersOf(major: keyof typeof connect, { apiKey }: TestEnvironment): UserManagement {
  return connect[major](apiKey.value).userManagement as unknown as UserManagement // see above
}

describe.each([7, 8, 11] as const)('SDK %i', (major) => {
  async function start() {
    const environment = await server.environment()
    return { environment, users: usersOf(major, environment) }
  }

  test('creates, reads, finds, changes and deletes users', async () => {
    const { users } = await start()
    const made = await users.createUser({
      email: 'ann@acme.test',
      password: 'correct horse battery',
      firstName: 'Ann',
      emailVerified: true,
      externalId: 'auth0|1',
      metadata: { tier: 'gold', seat: '5' },
    })
    expect(made).toMatchObject({
      object: 'user',
      email: 'ann@acme.test',
      emailVerified: true,
      firstName: 'Ann',
      lastName: null,
      profilePictureUrl: null,
      lastSignInAt: null,
      externalId: 'auth0|1',
      metadata: { tier: 'gold', seat: '5' },
    })
    expect(await users.getUser(made.id)).toEqual(made)
    expect(await users.getUserByExternalId('auth0|1')).toEqual(made)
    expect((await users.listUsers({ email: 'ann@acme.test' })).data).toEqual([made])
    const updated = await users.updateUser({ userId: made.id, lastName: 'Lee', metadata: { tier: null } })
    expect(updated).toMatchObject({ id: made.id, firstName: 'Ann', lastName: 'Lee', metadata: { seat: '5' } })
    expect(await users.getUserIdentities(made.id)).toEqual([])
    expect(await users.deleteUser(made.id)).toBeUndefined()
    await expect(users.getUser(made.id)).rejects.toMatchObject({ name: 'NotFoundException', code: 'entity_not_found' })
  })

  test('pages through all users, each once', async () => {
    const { users } = await start()
    for (let index = 0; index < 12; index++) await users.createUser({ email: `user${index}@acme.test` })
    const all = await (await users.listUsers()).autoPagination()
    expect(new Set(all.map(({ id }) => id)).size).toBe(12)
  })

  test('brings a hash along and learns that an address is taken', async () => {
    const { users } = await start()
    const user = {
      email: 'ann@acme.test',
      passwordHash: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
      passwordHashType: 'bcrypt',
    } as const
    await users.createUser(user)
    const error = await users.createUser(user).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      name: 'BadRequestException',
      status: 400,
      code: 'user_creation_error',
      errors: [{ code: 'email_not_available' }],
    })
    const weak = await users
      .createUser({ email: 'bob@acme.test', password: 'short' })
      .catch((reason: unknown) => reason)
    expect(weak).toMatchObject({ name: 'BadRequestException', code: 'password_strength_error' })
    const broken = await users.createUser({ email: 'nobody' }).catch((reason: unknown) => reason)
    expect(broken).toMatchObject({ name: 'UnprocessableEntityException', status: 422 })
  })

  test('makes members, gives them roles, closes, opens and ends memberships', async () => {
    const { environment, users } = await start()
    const { body: organization } = await environment.api<{ id: string }>('POST', '/organizations', {
      body: { name: 'Acme' },
    })
    await environment.api('POST', '/authorization/roles', { body: { slug: 'admin', name: 'Admin' } })
    const { id: userId } = await users.createUser({ email: 'ann@acme.test' })
    const made = await users.createOrganizationMembership({
      organizationId: organization.id,
      userId,
      roleSlug: 'admin',
    })
    expect(made).toMatchObject({
      object: 'organization_membership',
      organizationId: organization.id,
      organizationName: 'Acme',
      userId,
      status: 'active',
      role: { slug: 'admin' },
    })
    expect(await users.getOrganizationMembership(made.id)).toEqual(made)
    expect((await users.listOrganizationMemberships({ userId })).data).toEqual([made])
    expect((await users.listUsers({ organizationId: organization.id })).data.map(({ id }) => id)).toEqual([userId])
    expect((await users.updateOrganizationMembership(made.id, { roleSlug: 'member' })).role).toEqual({ slug: 'member' })
    expect((await users.deactivateOrganizationMembership(made.id)).status).toBe('inactive')
    expect((await users.listOrganizationMemberships({ userId })).data).toEqual([])
    expect((await users.listOrganizationMemberships({ userId, statuses: ['active', 'inactive'] })).data).toHaveLength(1)
    expect((await users.reactivateOrganizationMembership(made.id)).status).toBe('active')
    expect(await users.deleteOrganizationMembership(made.id)).toBeUndefined()
    await expect(users.getOrganizationMembership(made.id)).rejects.toMatchObject({ name: 'NotFoundException' })
  })

  test('invites, finds, resends, accepts and revokes', async () => {
    const { environment, users } = await start()
    const { body: organization } = await environment.api<{ id: string }>('POST', '/organizations', {
      body: { name: 'Acme' },
    })
    const made = await users.sendInvitation({
      email: 'ann@acme.test',
      organizationId: organization.id,
      expiresInDays: 3,
    })
    expect(made).toMatchObject({
      object: 'invitation',
      email: 'ann@acme.test',
      state: 'pending',
      organizationId: organization.id,
      token: expect.stringMatching(/^\w{25}$/),
      acceptInvitationUrl: expect.stringContaining(`invitation_token=`),
    })
    expect(await users.getInvitation(made.id)).toEqual(made)
    expect(await users.findInvitationByToken(made.token)).toEqual(made)
    expect((await users.listInvitations({ organizationId: organization.id })).data).toEqual([made])
    expect((await users.resendInvitation(made.id)).state).toBe('pending')
    expect((await users.acceptInvitation(made.id)).state).toBe('accepted')
    const other = await users.sendInvitation({ email: 'bob@acme.test' })
    expect((await users.revokeInvitation(other.id)).state).toBe('revoked')
    const again = await users.revokeInvitation(other.id).catch((reason: unknown) => reason)
    expect(again).toMatchObject({ status: 400, rawData: { code: 'invite_not_pending' } })
  })

  test('reads what happened from the events, as names it knows', async () => {
    const { environment, users } = await start()
    const { id } = await users.createUser({ email: 'ann@acme.test', metadata: { a: 'b' } })
    await users.updateUser({ userId: id, firstName: 'Ann' })
    await users.sendInvitation({ email: 'bob@acme.test' })
    await users.deleteUser(id)
    const names = ['user.created', 'user.updated', 'user.deleted', 'invitation.created'] as const
    const { data } = await connect[major](environment.apiKey.value).events.listEvents({ events: [...names] })
    expect(data.map((event) => event?.event)).toEqual([names[0], names[1], names[3], names[2]])
    expect(data[2]?.data).toMatchObject({ object: 'invitation', email: 'bob@acme.test', state: 'pending' })
    expect(data[0]?.data).toMatchObject({ id, email: 'ann@acme.test', emailVerified: false, metadata: { a: 'b' } })
  })
})

describe.each([7, 8] as const)('SDK %i', (major) => {
  test('lists the roles of an organization where it knows them', async () => {
    const { api, apiKey } = await server.environment()
    const { body: organization } = await api<{ id: string }>('POST', '/organizations', { body: { name: 'Acme' } })
    const client = connect[major](apiKey.value)
    const { data } = await client.organizations.listOrganizationRoles({ organizationId: organization.id })
    expect(data).toMatchObject([
      { object: 'role', slug: 'member', name: 'Member', type: 'EnvironmentRole', permissions: [] },
    ])
  })
})

test('SDK 11 makes roles and permissions, orders who may what, and takes it away', async () => {
  const { api, apiKey } = await server.environment()
  const { authorization } = new WorkOS11(apiKey.value, ours())
  const { body: organization } = await api<{ id: string }>('POST', '/organizations', { body: { name: 'Acme' } })
  expect(await authorization.createPermission({ slug: 'documents:read', name: 'Read' })).toMatchObject({
    slug: 'documents:read',
    system: false,
  })
  await authorization.updatePermission('documents:read', { description: 'All documents' })
  expect((await authorization.listPermissions()).data).toHaveLength(1)
  await authorization.createEnvironmentRole({ slug: 'reader', name: 'Reader' })
  await authorization.updateEnvironmentRole('reader', { name: 'Readers' })
  const role = await authorization.setEnvironmentRolePermissions('reader', { permissions: ['documents:read'] })
  expect(role).toMatchObject({ slug: 'reader', name: 'Readers', permissions: ['documents:read'] })
  expect(await authorization.getEnvironmentRole('reader')).toEqual(role)
  expect((await authorization.listEnvironmentRoles()).data.map(({ slug }) => slug)).toEqual(['reader', 'member'])

  const own = await authorization.createOrganizationRole(organization.id, { name: 'Owner', slug: 'owner' })
  expect(own).toMatchObject({ slug: 'owner', type: 'OrganizationRole' })
  await authorization.updateOrganizationRole(organization.id, 'owner', { description: 'Of all' })
  await authorization.addOrganizationRolePermission(organization.id, 'owner', { permissionSlug: 'documents:read' })
  await authorization.removeOrganizationRolePermission(organization.id, 'owner', { permissionSlug: 'documents:read' })
  const roles = await authorization.listOrganizationRoles(organization.id)
  expect(roles.data.map(({ slug, permissions }) => [slug, permissions.length])).toEqual([
    ['owner', 0],
    ['reader', 1],
    ['member', 0],
  ])
  await authorization.deleteOrganizationRole(organization.id, 'owner')
  await authorization.deletePermission('documents:read')
  expect((await authorization.getEnvironmentRole('reader')).permissions).toEqual([])
})
