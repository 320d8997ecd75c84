import { describe, expect, test } from 'vitest'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Invitation } from '#contracts/invitations.ts'
import type { Page } from '#contracts/list.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { User } from '#contracts/users.ts'
import type { DirectoryUserProvisioning } from '#contracts/directory-provisioning.ts'
import type { DirectoryUserId } from '#contracts/ids.ts'
import { change } from '#db/work.ts'
import { Conflict } from '#domain/errors.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { provisionDirectories } from '#domain/provisioning/follow.ts'
import { noteRefusal } from '#domain/provisioning/refusals.ts'
import { readLog } from '../support/log.ts'
import { addGroup, addUser, createScimClient, createSibling, patch, person, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

/** A directory of an organization that owns acme.test, in an environment that provisions. */
async function directory(settings: object = { directory_provisioning: true }): Promise<ScimClient> {
  const client = await createScimClient(server)
  const { api } = client.environment
  expect((await api('PUT', '/authentication_settings', { body: settings })).status).toBe(200)
  await own(client)
  return client
}

async function own({ environment, directory }: ScimClient, domain = 'acme.test') {
  await environment.api<OrganizationDomain>('PUT', `/organizations/${directory.organization_id}`, {
    body: { domain_data: [{ domain, state: 'verified' }] },
  })
}

async function follow(): Promise<void> {
  await stampEvents(server.db)
  await provisionDirectories(server.deps, new AbortController().signal)
}

async function membershipOf(client: ScimClient, email: string): Promise<OrganizationMembership | undefined> {
  const { api } = client.environment
  const { body } = await api<Page<OrganizationMembership>>(
    'GET',
    `/user_management/organization_memberships?organization_id=${client.directory.organization_id}&statuses=active,inactive,pending&limit=100`,
  )
  return body.data.find(({ user }) => user.email === email)
}

async function invitationsOf(client: ScimClient): Promise<string[]> {
  const { body } = await client.environment.api<Page<Invitation>>(
    'GET',
    `/user_management/invitations?organization_id=${client.directory.organization_id}`,
  )
  return body.data.map(({ state, email }) => `${state} ${email}`)
}

async function userBy(client: ScimClient, email: string): Promise<User | undefined> {
  const { body } = await client.environment.api<Page<User>>('GET', `/user_management/users?email=${email}`)
  return body.data[0]
}

async function namesIn(client: ScimClient, ...wanted: string[]): Promise<string[]> {
  const log = await readLog(client.environment.api)
  return log.map(({ event }) => event).filter((event) => wanted.some((start) => event.startsWith(start)))
}

describe('somebody who cannot be provisioned', () => {
  const provisioningOf = async (client: ScimClient, id: string) =>
    (await client.environment.api<DirectoryUserProvisioning>('GET', `/directory_users/${id}/provisioning`)).body

  test('holds nobody up: the reason is kept, and the next change heals it', async () => {
    const client = await directory()
    // As if somebody else made Bob a member at this very moment, after the user was created.
    await server.db.pool.query(`create function taken() returns trigger language plpgsql as $$ begin
      if exists (select from users where id = new.user_id and email = 'bob@acme.test') then
        raise exception 'taken' using errcode = '23505', constraint = 'taken';
      end if;
      return new; end $$`)
    await server.db.pool.query(`create trigger taken before insert on organization_memberships
      for each row execute function taken()`)
    const [ann, bob, cy] = [
      await addUser(client, 'ann@acme.test'),
      await addUser(client, 'bob@acme.test'),
      await addUser(client, 'cy@acme.test'),
    ]
    await follow()
    const members = ['ann@acme.test', 'bob@acme.test', 'cy@acme.test'].map((email) => membershipOf(client, email))
    expect((await Promise.all(members)).map((membership) => membership?.status)).toEqual([
      'active',
      undefined,
      'active',
    ])
    expect(await provisioningOf(client, bob)).toEqual({
      object: 'directory_user_provisioning',
      directory_user_id: bob,
      user_id: null,
      organization_membership_id: null,
      refusal: {
        reason: 'organization_membership_already_exists',
        message: expect.stringMatching(/already/) as string,
        refused_at: server.clock.read().toISOString(),
      },
    })
    for (const id of [ann, cy]) expect((await provisioningOf(client, id)).refusal).toBeNull()
    // Nothing of what was undone is told.
    expect(await namesIn(client, 'user.', 'organization_membership.')).toEqual([
      'user.created',
      'organization_membership.created',
      'user.created',
      'organization_membership.created',
    ])

    await server.db.pool.query('drop function taken cascade')
    await follow()
    expect(await membershipOf(client, 'bob@acme.test')).toBeUndefined()
    await client.send('PATCH', `/Users/${bob}`, patch({ op: 'replace', path: 'title', value: 'Engineer' }))
    await follow()
    const membership = await membershipOf(client, 'bob@acme.test')
    expect(membership?.status).toBe('active')
    expect(await provisioningOf(client, bob)).toMatchObject({
      user_id: membership?.user_id,
      organization_membership_id: membership?.id,
      refusal: null,
    })
  })

  test('leaves no reason behind when they leave', async () => {
    const client = await directory()
    const id = await addUser(client, 'ann@acme.test')
    await change(server.deps, { environment: client.environment.id }, (work) =>
      noteRefusal(work, id as DirectoryUserId, new Conflict('Taken.')),
    )
    expect((await provisioningOf(client, id)).refusal).toMatchObject({ reason: 'Conflict', message: 'Taken.' })
    await client.send('DELETE', `/Users/${id}`)
    const { rows } = await server.db.pool.query('select from provisioning_refusals where environment_id = $1', [
      client.environment.id,
    ])
    expect(rows).toEqual([])
  })
})

describe('a person of a directory', () => {
  test('of a verified domain becomes a proven user and an active member', async () => {
    const client = await directory()
    await addUser(client, 'ann@acme.test')
    await follow()
    expect(await membershipOf(client, 'ann@acme.test')).toMatchObject({
      status: 'active',
      directory_managed: true,
      role: { slug: 'member' },
      user: { email_verified: true, first_name: 'Ann', last_name: 'Lee' },
    })
    expect(await namesIn(client, 'user.', 'organization_membership.')).toEqual([
      'user.created',
      'organization_membership.created',
    ])
  })

  test('of another domain is invited, and keeps what is theirs', async () => {
    const client = await directory()
    const { api } = client.environment
    await api('POST', '/user_management/users', { body: { email: 'gus@guest.test', first_name: 'Gustav' } })
    await addUser(client, 'gus@guest.test')
    await follow()
    expect(await membershipOf(client, 'gus@guest.test')).toMatchObject({
      status: 'pending',
      user: { first_name: 'Gustav', email_verified: false },
    })
    expect(await invitationsOf(client)).toEqual(['pending gus@guest.test'])
  })

  test('leaves with membership, role and sessions, and comes back', async () => {
    const client = await directory()
    const id = await addUser(client, 'ann@acme.test')
    await follow()
    const user = await userBy(client, 'ann@acme.test')
    await server.db.pool.query(
      `insert into sessions (environment_id, id, user_id, organization_id, auth_method, authenticated_at, expires_at, created_at, updated_at)
       select $1, 'session_' || n, $2, o, 'SSO', $4, $4::timestamptz + interval '1 hour', $4, $4
       from (values (1, $3::text), (2, null)) as v (n, o)`,
      [client.environment.id, user?.id, client.directory.organization_id, server.clock.read()],
    )
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }))
    await follow()
    expect(await membershipOf(client, 'ann@acme.test')).toMatchObject({ status: 'inactive', role: { slug: 'member' } })
    const { rows } = await server.db.pool.query<{ id: string }>(
      'select id from sessions where environment_id = $1 and ended_at is not null',
      [client.environment.id],
    )
    expect(rows).toEqual([{ id: 'session_1' }])
    expect(await namesIn(client, 'session.')).toEqual(['session.revoked'])

    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: true }))
    await follow()
    expect((await membershipOf(client, 'ann@acme.test'))?.status).toBe('active')
  })

  test('who is deleted leaves too, and stays a user', async () => {
    const client = await directory()
    const id = await addUser(client, 'ann@acme.test')
    await follow()
    await client.send('DELETE', `/Users/${id}`)
    await follow()
    expect((await membershipOf(client, 'ann@acme.test'))?.status).toBe('inactive')
    expect(await userBy(client, 'ann@acme.test')).toBeDefined()
  })

  test('who was invited and is gone is invited no more', async () => {
    const client = await directory()
    const id = await addUser(client, 'gus@guest.test')
    await follow()
    await client.send('DELETE', `/Users/${id}`)
    await follow()
    expect(await membershipOf(client, 'gus@guest.test')).toBeUndefined()
    expect(await invitationsOf(client)).toEqual(['revoked gus@guest.test'])
  })

  test('has the directory’s name, whatever is changed here', async () => {
    const client = await directory()
    const id = await addUser(client, 'ann@acme.test')
    await follow()
    const user = await userBy(client, 'ann@acme.test')
    await client.environment.api('PUT', `/user_management/users/${user?.id}`, { body: { first_name: 'Nobody' } })
    await follow()
    expect((await userBy(client, 'ann@acme.test'))?.first_name).toBe('Ann')
    await client.send(
      'PUT',
      `/Users/${id}`,
      person('ann@acme.test', { name: { givenName: 'Anna', familyName: 'Lee' } }),
    )
    await follow()
    expect((await userBy(client, 'ann@acme.test'))?.first_name).toBe('Anna')
  })

  test('keeps the address they came with', async () => {
    const client = await directory()
    const id = await addUser(client, 'ann@acme.test')
    await follow()
    await client.send('PUT', `/Users/${id}`, person('anna@acme.test'))
    await follow()
    expect(await membershipOf(client, 'ann@acme.test')).toMatchObject({ status: 'active' })
    expect(await userBy(client, 'anna@acme.test')).toBeUndefined()
  })

  test('has the roles of their groups, as far as there are such roles', async () => {
    const client = await directory()
    const { api } = client.environment
    await server.db.pool.query(
      `insert into roles (environment_id, id, slug, name, priority, created_at, updated_at)
       values ($1, 'role_editor', 'editor', 'Editor', 1, $2, $2)`,
      [client.environment.id, server.clock.read()],
    )
    const id = await addUser(client, 'ann@acme.test')
    const editors = await addGroup(client, 'Editors', id)
    const path = `/organizations/${client.directory.organization_id}/group_roles`
    expect(
      (await api('PUT', path, { body: { group_roles: [{ group_id: editors, role_slug: 'editor' }] } })).status,
    ).toBe(200)
    await follow()
    expect((await membershipOf(client, 'ann@acme.test'))?.role.slug).toBe('editor')
    await api('PUT', path, { body: { group_roles: [{ group_id: editors, role_slug: 'unheard-of' }] } })
    await follow()
    expect((await membershipOf(client, 'ann@acme.test'))?.role.slug).toBe('member')
  })

  test('who was a member before is managed from then on', async () => {
    const client = await directory()
    const { api } = client.environment
    const { body: user } = await api<User>('POST', '/user_management/users', { body: { email: 'ann@acme.test' } })
    await api('POST', '/user_management/organization_memberships', {
      body: { user_id: user.id, organization_id: client.directory.organization_id },
    })
    expect((await membershipOf(client, 'ann@acme.test'))?.directory_managed).toBe(false)
    await addUser(client, 'ann@acme.test')
    await follow()
    expect(await membershipOf(client, 'ann@acme.test')).toMatchObject({
      directory_managed: true,
      user: { id: user.id, first_name: 'Ann' },
    })
  })
})

describe('provisioning', () => {
  test('is off until it is switched on, and then catches up', async () => {
    const client = await directory({ directory_provisioning: false })
    await addUser(client, 'ann@acme.test')
    await follow()
    expect(await userBy(client, 'ann@acme.test')).toBeUndefined()
    await client.environment.api('PUT', '/authentication_settings', { body: { directory_provisioning: true } })
    await follow()
    expect(await membershipOf(client, 'ann@acme.test')).toBeDefined()
  })

  test('says nothing when nothing changes', async () => {
    const client = await directory()
    await addUser(client, 'ann@acme.test')
    for (let round = 0; round < 4; round++) await follow()
    const before = await namesIn(client, 'user.', 'organization_membership.')
    await server.db.pool.query(`update followers set position = 0 where name = 'directory-provisioning'`)
    await follow()
    expect(await namesIn(client, 'user.', 'organization_membership.')).toEqual(before)
  })

  test('leaves members where they are when the directory is deleted, also with news of them unread', async () => {
    const client = await directory()
    const id = await addUser(client, 'ann@acme.test')
    await follow()
    await client.send('PUT', `/Users/${id}`, person('ann@acme.test', { title: 'Boss' }))
    await client.environment.api('DELETE', `/directories/${client.directory.id}`)
    await follow()
    expect(await membershipOf(client, 'ann@acme.test')).toMatchObject({ status: 'active', directory_managed: false })
  })

  test('of one organization does not touch members of another', async () => {
    const client = await directory()
    const sibling = await createSibling(server, client)
    await own(sibling, 'sibling.test')
    const id = await addUser(sibling, 'ann@acme.test')
    await addUser(client, 'ann@acme.test')
    await follow()
    expect((await membershipOf(client, 'ann@acme.test'))?.status).toBe('active')
    // Acme's domain is not the sibling's: there she is a guest.
    expect((await membershipOf(sibling, 'ann@acme.test'))?.status).toBe('pending')
    await sibling.send('DELETE', `/Users/${id}`)
    await follow()
    expect((await membershipOf(client, 'ann@acme.test'))?.status).toBe('active')
  })

  test('by several processes at once does everything once', async () => {
    const client = await directory()
    for (let n = 0; n < 12; n++) await addUser(client, `user${n}@acme.test`)
    await Promise.all([follow(), follow(), follow()])
    await follow()
    const created = await namesIn(client, 'user.created', 'organization_membership.created')
    expect(created).toHaveLength(24)
  })
})
