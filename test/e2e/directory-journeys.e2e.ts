import { WorkOS } from 'workos-11'
import { expect, test } from 'vitest'
import { expectAccessible } from './support/dashboard.ts'
import { button, copied, keepOpen, useInstallation } from './support/installation.ts'

const installation = useInstallation()
const { open, api, restart } = installation

interface Event {
  readonly event: string
  readonly data: {
    readonly id?: string
    readonly state?: string
    readonly custom_attributes?: { readonly job_title?: string }
    readonly user?: { readonly id: string }
  }
}

async function dsyncEvents(): Promise<Event[]> {
  const events = [
    'dsync.activated',
    'dsync.user.created',
    'dsync.user.updated',
    'dsync.user.deleted',
    'dsync.group.created',
    'dsync.group.user_added',
    'dsync.group.user_removed',
  ].join(',')
  return (await api<{ data: Event[] }>('GET', `/events?limit=100&events=${events}`)).data
}

interface ScimAnswer {
  readonly status: number
  readonly id: string
}

/** An identity provider, as Okta asks. */
function scimClient(endpoint: string, token: string) {
  return async (method: string, path: string, body?: object): Promise<ScimAnswer> => {
    const response = await fetch(endpoint + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/scim+json',
        'user-agent': 'Okta SCIM Client 1.0.0',
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const { id = '' } = (text === '' ? {} : JSON.parse(text)) as { id?: string } // lists and refusals have none
    return { status: response.status, id }
  }
}

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

function person(email: string, givenName: string, familyName: string) {
  return {
    schemas: [userSchema],
    userName: email,
    externalId: `00u-${givenName}`,
    name: { givenName, familyName },
    emails: [{ primary: true, value: email, type: 'work' }],
    active: true,
  }
}

const replace = (value: object) => ({ schemas: [patchSchema], Operations: [{ op: 'replace', value }] })

test('a directory is created, and what the identity provider pushes shows on the open page', async () => {
  const { gatehouse } = installation
  const organization = await api<{ id: string }>('POST', '/organizations', {
    name: 'Provisioned',
    domain_data: [{ domain: 'people.test', state: 'verified' }],
  })
  await api('PUT', '/directory_attributes/job_title', {})
  const visitor = await open(`organizations/${organization.id}`)
  const { page } = visitor

  // Create directory.
  await page.getByRole('region', { name: 'Directory Sync' }).getByRole('button', { name: 'Configure manually' }).click()
  await page.getByRole('button', { name: /^Directory provider/ }).click()
  await page.getByRole('combobox', { name: 'Directory provider' }).fill('okta')
  await page.keyboard.press('Enter')
  await button(page, 'Create Directory').click()
  await page.getByText('Your Okta directory sync has been created').waitFor()
  await expectAccessible(page, 'directory')
  await page.getByRole('button', { name: 'Copy Endpoint' }).first().click()
  await page.getByText('Endpoint copied').waitFor()
  const endpoint = await copied(page)
  await page.getByRole('button', { name: 'Copy Bearer Token' }).first().click()
  await page.getByText('Bearer Token copied').waitFor()
  const token = await copied(page)
  await page.getByText('Waiting for the first request of Okta').waitFor()
  const directory = /directory_\w+/.exec(page.url())?.[0] ?? ''
  await page.getByRole('link', { name: 'Provisioned' }).click()
  await page.getByRole('heading', { level: 1, name: 'Provisioned' }).waitFor()
  await page.getByRole('region', { name: 'Directory Sync' }).waitFor()
  await page.goBack()
  await page.getByText('Bearer tokens are shown once').waitFor()
  expect(await page.content(), 'the token is gone with the page').not.toContain(token)

  // Test API credentials: right, then wrong.
  const stayed = await keepOpen(page)
  const okta = scimClient(endpoint, token)
  const impostor = scimClient(endpoint, `${token.slice(0, -4)}wxyz`)
  expect((await okta('GET', '/Users?startIndex=1&count=2')).status).toBe(200)
  await page.getByText(/Okta reached us.*credentials OK/).waitFor()
  expect((await impostor('GET', '/Users?startIndex=1&count=2')).status).toBe(401)
  await page.getByRole('tab', { name: 'SCIM requests' }).click()
  const refused = page.getByRole('row').filter({ hasText: '401' })
  await refused.getByText('wxyz').waitFor()
  expect(await page.content()).not.toContain(token.slice(0, -4))

  // Users synced, the server going and coming in between.
  await page.getByRole('tab', { name: 'Users 0' }).click()
  const lela = await okta('POST', '/Users', person('lela@people.test', '<b>Lela</b>', 'Block'))
  await page.getByRole('link', { name: '<b>Lela</b> Block' }).waitFor()
  await restart()
  const todd = await okta('POST', '/Users', person('todd@people.test', 'Todd', 'Rundgren'))
  const renee = await okta('POST', '/Users', person('renee@people.test', 'Renée', '田中'))
  await page.getByRole('tab', { name: 'Users 3' }).waitFor({ timeout: 60_000 })
  for (const address of ['lela', 'todd', 'renee']) await page.getByText(`${address}@people.test`).waitFor()
  await page.getByText('Linked').waitFor()
  await expectAccessible(page, 'directory users')

  // Groups pushed.
  const group = await okta('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Engineering',
    members: [{ value: lela.id }, { value: todd.id }],
  })
  await page.getByRole('tab', { name: 'Groups 1' }).click()
  await page.getByRole('link', { name: 'Engineering' }).click()
  await page.getByRole('link', { name: '<b>Lela</b> Block' }).waitFor()
  const toddsRow = page.getByRole('link', { name: 'Todd Rundgren' })
  await toddsRow.waitFor()
  await okta('PATCH', `/Groups/${group.id}`, {
    schemas: [patchSchema],
    Operations: [{ op: 'remove', path: `members[value eq "${todd.id}"]` }],
  })
  await toddsRow.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: '<b>Lela</b> Block' }).click()
  await page.getByRole('heading', { level: 1, name: '<b>Lela</b> Block' }).waitFor()

  // Update, on the page of the one it is about.
  await okta('PATCH', `/Users/${lela.id}`, replace({ title: 'Lead Engineer' }))
  await page.getByRole('definition').filter({ hasText: 'Lead Engineer' }).waitFor()
  await expectAccessible(page, 'directory user')
  expect(await stayed(), 'without a reload').toBe(true)
  const events = await dsyncEvents()
  expect(events.map(({ event }) => event)).toEqual([
    'dsync.activated',
    'dsync.user.created',
    'dsync.user.created',
    'dsync.user.created',
    'dsync.group.created',
    'dsync.group.user_added',
    'dsync.group.user_added',
    'dsync.group.user_removed',
    'dsync.user.updated',
  ])
  expect(events.at(-1)?.data.custom_attributes?.job_title).toBe('Lead Engineer')
  expect(events.at(-2)?.data.user?.id).toBe(todd.id)

  // The same by the SDK, and by the call that the page copies.
  const { apiKey, port } = gatehouse
  const { directorySync } = new WorkOS(apiKey, { apiHostname: 'localhost', port, https: false })
  const users = await directorySync.listUsers({ directory })
  await page.goto(`${gatehouse.url}/dashboard/directories/${directory}?tab=users`)
  const links = page.getByRole('table').getByRole('rowheader').getByRole('link')
  await links.nth(2).waitFor()
  expect(await links.allInnerTexts()).toEqual(users.data.map((user) => `${user.firstName} ${user.lastName}`))
  expect((await directorySync.listGroups({ directory })).data.map(({ name }) => name)).toEqual(['Engineering'])
  expect((await directorySync.getGroup(group.id)).name).toBe('Engineering')
  await links.filter({ hasText: 'Renée' }).click()
  await button(page, 'Copy SDK call').click()
  await page.getByText('SDK call copied').waitFor()
  const call = await copied(page)
  expect(call).toBe(`await workos.directorySync.getUser('${renee.id}')`)
  expect((await directorySync.getUser(renee.id)).email).toBe('renee@people.test')
})

test('whoever is deactivated is gone, or stays as inactive, and the session of their membership ends', async () => {
  const { gatehouse } = installation
  await api('PUT', '/authentication_settings', { directory_provisioning: true })
  const organization = await api<{ id: string }>('POST', '/organizations', {
    name: 'Leavers',
    domain_data: [{ domain: 'leavers.test', state: 'verified' }],
  })
  const directory = await api<{ id: string; endpoint: string; bearer_token: string }>('POST', '/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
    name: 'Leavers',
  })
  const okta = scimClient(directory.endpoint, directory.bearer_token)
  const ann = await okta('POST', '/Users', person('ann@leavers.test', 'Ann', 'Leaver'))
  const bob = await okta('POST', '/Users', person('bob@leavers.test', 'Bob', 'Leaver'))
  await expect
    .poll(async () => (await api<{ data: object[] }>('GET', '/user_management/users?email=ann@leavers.test')).data)
    .toHaveLength(1)
  const { code } = await api<{ code: string }>('POST', '/user_management/magic_auth', { email: 'ann@leavers.test' })
  const session = await api<{ refresh_token: string; organization_id: string }>(
    'POST',
    '/user_management/authenticate',
    {
      client_id: gatehouse.clientId,
      client_secret: gatehouse.apiKey,
      grant_type: 'urn:workos:oauth:grant-type:magic-auth:code',
      email: 'ann@leavers.test',
      code,
    },
  )

  const visitor = await open(`directories/${directory.id}?tab=users`)
  const { page } = visitor
  await page.getByText('ann@leavers.test').waitFor()
  await okta('PATCH', `/Users/${ann.id}`, replace({ active: false }))
  await page.getByText('ann@leavers.test').waitFor({ state: 'detached' })
  expect((await dsyncEvents()).at(-1)).toMatchObject({
    event: 'dsync.user.deleted',
    data: { id: ann.id, state: expect.stringMatching(/active/) },
  })
  const refresh = async () =>
    (
      await fetch(`${gatehouse.url}/user_management/authenticate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: gatehouse.clientId,
          client_secret: gatehouse.apiKey,
          grant_type: 'refresh_token',
          refresh_token: session.refresh_token,
        }),
      })
    ).status
  await expect.poll(refresh).toBe(400)

  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('switch', { name: 'Keep inactive directory users' }).click()
  // The switch is over before the server has it.
  await expect
    .poll(() => api<object>('GET', '/environments/current'))
    .toMatchObject({ keep_inactive_directory_users: true })
  await page.getByRole('switch', { name: 'Keep inactive directory users', checked: true }).waitFor()
  await restart()
  await okta('PATCH', `/Users/${bob.id}`, replace({ active: false }))
  await page.goto(`${gatehouse.url}/dashboard/directories/${directory.id}?tab=users`)
  await page.getByRole('row').filter({ hasText: 'bob@leavers.test' }).getByText('Inactive').waitFor()
  await expect
    .poll(async () => (await dsyncEvents()).findLast(({ data }) => data.id === bob.id))
    .toMatchObject({ event: 'dsync.user.updated', data: { state: 'inactive' } })
})

test('what the identity provider did wrong is visible with its body, its reason and a hint', async () => {
  const organization = await api<{ id: string }>('POST', '/organizations', { name: 'Mistaken' })
  const directory = await api<{ id: string; endpoint: string; bearer_token: string }>('POST', '/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
    name: 'Mistaken',
  })
  const okta = scimClient(directory.endpoint, directory.bearer_token)
  const visitor = await open(`directories/${directory.id}?tab=requests&failed=true`)
  const { page } = visitor
  const good = await okta('POST', '/Users', person('good@people.test', 'Good', 'Person'))
  const unsupported = { schemas: [patchSchema], Operations: [{ op: 'increment', path: 'title', value: 1 }] }
  expect((await okta('PATCH', `/Users/${good.id}`, unsupported)).status).toBe(400)
  expect((await okta('POST', '/Users', { schemas: [userSchema], externalId: '00u-nobody', active: true })).status).toBe(
    400,
  )

  await page.getByRole('row').filter({ hasText: 'PATCH' }).getByText('400').waitFor()
  await page.getByRole('row').filter({ hasText: 'POST' }).getByText('400').waitFor()
  await restart()
  await page.getByRole('link', { name: /^PATCH/ }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('increment').first().waitFor()
  await expectAccessible(page, 'refused SCIM request')
  await drawer.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('link', { name: /^POST/ }).click()
  await drawer.getByText('00u-nobody').first().waitFor()
  await drawer
    .getByText(/userName/)
    .first()
    .waitFor()
  await drawer.getByRole('button', { name: 'Close' }).click()

  // A token that is made here is shown until the page is left, on whichever tab one looks in between.
  await page.getByRole('tab', { name: 'Set-up' }).click()
  await button(page, 'Create token').click()
  await page.getByText('Bearer token created').waitFor()
  await page.getByRole('button', { name: 'Copy Bearer Token' }).first().click()
  await page.getByText('Bearer Token copied').waitFor()
  const token = await copied(page)
  await page.getByRole('tab', { name: 'Users 1' }).click()
  await page.getByText('good@people.test').waitFor()
  await page.getByRole('tab', { name: 'Set-up' }).click()
  await page.getByRole('region', { name: 'Endpoint and Bearer Token' }).getByText(token).waitFor()
})
