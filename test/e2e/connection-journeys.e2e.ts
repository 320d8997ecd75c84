import { WorkOS } from 'workos-11'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createSigningKey } from '#test-idp/signing-key.ts'
import { expectAccessible } from './support/dashboard.ts'
import { button, copied, keepOpen, useInstallation } from './support/installation.ts'

const installation = useInstallation()
const { open, arrive, api, restart } = installation

/** Would run if any page put it into itself as markup. */
const hostile = 'Acme <img src=x onerror="document.title=\'broken\'"> & Söhne'

interface Connection {
  readonly id: string
  readonly state: string
  readonly connection_type: string
}

async function latestEvent(name: string): Promise<{ data: { id: string } } | undefined> {
  const { data } = await api<{ data: { data: { id: string } }[] }>('GET', `/events?order=desc&limit=1&events=${name}`)
  return data[0]
}

/** As far as the application, as the address says that a test sign-in begins at. */
async function signIn(page: Page, url: string, email: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Email', { exact: true }).fill(email)
  await page.getByLabel('First name').fill('Some')
  await page.getByLabel('Last name').fill('One')
  await button(page, 'Sign in').last().click()
}

async function createConnection(name: string, metadata?: string): Promise<Connection & { organization: string }> {
  const organization = await api<{ id: string }>('POST', '/organizations', {
    name,
    allow_profiles_outside_organization: true,
  })
  const connection = await api<Connection>('POST', '/connections', {
    organization_id: organization.id,
    connection_type: 'OktaSAML',
    ...(metadata !== undefined && { idp_metadata_url: metadata }),
  })
  return { ...connection, organization: organization.id }
}

test('keys are copied, and what was copied calls the API', async () => {
  const visitor = await open('api-keys')
  const { page } = visitor
  await button(page, 'Create key').first().click()
  await page.getByRole('dialog').getByLabel('Name').fill('Shop')
  await button(page, 'Create key').last().click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Copy API key' }).click()
  await page.getByText('API key copied').waitFor()
  const key = await copied(page)
  await expectAccessible(page, 'new key')
  await button(page, 'I have copied it').click()
  await page.getByRole('button', { name: 'Copy Client ID' }).first().click()
  await page.getByText('Client ID copied').waitFor()
  expect(await copied(page)).toBe(installation.gatehouse.clientId)

  const workos = new WorkOS(key, { apiHostname: 'localhost', port: installation.gatehouse.port, https: false })
  const { data } = await workos.organizations.listOrganizations()
  expect(data.map(({ id }) => id)).toContain('org_test_idp')
  const row = page.getByRole('row').filter({ hasText: 'Shop' })
  await row.getByText(/by workos-node\/11\.\d+\.\d+/).waitFor()
  expect(await row.innerText()).not.toContain(key)
})

test('an organization is created, its Okta connection configured, and the first sign-in makes it active', async () => {
  const visitor = await open('events?type=organization.*')
  const other = await open('organizations')
  const { page } = other
  // Create organization.
  await button(page, 'Create organization').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill(hostile)
  await dialog.getByLabel('Domains').fill('acme.test, example.org')
  await button(page, 'Create organization').last().click()
  await page.getByRole('heading', { level: 1, name: hostile }).waitFor()
  const address = page.url()
  await page.getByText('Verified').first().waitFor()
  await button(page, 'Copy id').first().click()
  await page.getByText('id copied').waitFor()
  expect(address).toContain(await copied(page))
  await visitor.page.getByRole('row').filter({ hasText: 'organization.created' }).filter({ hasText: 'Acme' }).waitFor()
  await expectAccessible(page, 'organization')

  // Create Okta connection manually.
  await page.getByRole('region', { name: 'Single Sign-On' }).getByRole('button', { name: 'Configure manually' }).click()
  await page.getByRole('button', { name: /^Identity provider/ }).click()
  await page.getByRole('combobox', { name: 'Identity provider' }).fill('okt')
  await page.getByRole('option', { name: 'Okta', exact: true }).click()
  await button(page, 'Create Connection').click()
  await page.getByText('No one can sign in through this connection yet').waitFor()
  await expectAccessible(page, 'connection')
  const details = page.getByRole('region', { name: 'Service Provider Details' })
  const shown = await details.locator('code').allTextContents()
  for (const name of ['ACS URL', 'SP Entity ID']) {
    await details.getByRole('button', { name: `Copy ${name}` }).click()
    await page.getByText(`${name} copied`).waitFor()
    expect(shown).toContain(await copied(page))
  }
  const id = /conn_\w+/.exec(page.url())?.[0] ?? ''
  await page.reload()
  await page.getByText('No one can sign in through this connection yet').waitFor()
  expect(await details.locator('code').allTextContents()).toEqual(shown)

  // Save metadata URL; the server goes and comes while the form is open.
  await button(page, 'Edit Configuration').click()
  const save = button(page, 'Save Metadata Configuration')
  const metadataUrl = page.getByLabel('Metadata URL', { exact: true })
  await metadataUrl.fill(`${installation.gatehouse.testIdpUrl}/metadata`)
  const stayed = await keepOpen(page)
  await restart()
  await save.click()
  await page.getByText('Ready, waiting for the first sign-in').waitFor()
  const steps = page.getByRole('list', { name: 'Progress' })
  await steps.getByText('Fetched from').waitFor()
  await steps.getByText(/1 certificate, the first expires on/).waitFor()
  await expectAccessible(page, 'metadata saved')
  await button(page, 'Close').click()
  await page.getByText('Ready, waiting for first sign-in').waitFor()
  expect(await details.locator('code').allTextContents(), 'our values never change').toEqual(shown)
  expect(await api<Connection>('GET', `/connections/${id}`)).toMatchObject({ state: 'validating' })

  // First sign-in makes it active.
  const url = await page.getByRole('link', { name: 'Test sign-in' }).getAttribute('href')
  const person = await arrive()
  await signIn(person.page, url ?? '', 'someone@example.org')
  await person.page.getByText('Back in the application').waitFor()
  await page.getByText('Active', { exact: true }).waitFor()
  expect(await stayed(), 'without a reload').toBe(true)
  expect((await latestEvent('connection.activated'))?.data.id).toBe(id)
  const { gatehouse } = installation
  const workos = new WorkOS(gatehouse.apiKey, {
    apiHostname: 'localhost',
    port: gatehouse.port,
    https: false,
    clientId: gatehouse.clientId,
  })
  const code = new URL(person.page.url()).searchParams.get('code') ?? ''
  const { profile } = await workos.sso.getProfileAndToken({ code, clientId: gatehouse.clientId })
  expect(profile).toMatchObject({
    connectionType: 'OktaSAML',
    connectionId: id,
    email: 'someone@example.org',
    idpId: expect.stringMatching(/./),
    firstName: 'Some',
    lastName: 'One',
  })
  await page.getByRole('tab', { name: 'Sign-in attempts' }).click()
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).getByRole('link').click()
  await page.getByText('The application was given a code').waitFor()
  await expectAccessible(page, 'sign-in attempt')
  expect(await page.title(), 'markup in a name does nothing').not.toBe('broken')
})

test('metadata that cannot be used is refused with a sentence of its own, and nothing is saved', async () => {
  const { gatehouse, application } = installation
  const connection = await createConnection('Bad metadata')
  const visitor = await open(`connections/${connection.id}`)
  visitor.allow(/status of 422/)
  const { page } = visitor
  await button(page, 'Edit Configuration').click()
  const save = button(page, 'Save Metadata Configuration')
  const alert = page.getByRole('dialog').getByRole('alert')
  const sentences = new Set<string>()
  const refuse = async (label: string, value: string, words: RegExp) => {
    await page.getByLabel(label, { exact: true }).fill(value)
    await save.click()
    await alert.filter({ hasText: words }).first().waitFor()
    sentences.add((await alert.first().innerText()).trim())
    expect(await page.getByLabel(label, { exact: true }).inputValue(), 'what was typed stays').toBe(value)
  }
  await refuse('Metadata URL', `${application.url}/portal`, /web page/)
  await refuse('Metadata URL', `${gatehouse.url}/nothing-here`, /404/)
  await expectAccessible(page, 'metadata refused')
  const ours = await api<{ sp_metadata_url: string }>('GET', `/connections/${connection.id}`)
  await refuse('Metadata URL', ours.sp_metadata_url, /service provider/)

  await page.getByRole('radio', { name: 'Metadata file' }).click()
  const metadata = await (await fetch(`${gatehouse.testIdpUrl}/metadata`)).text()
  const withoutCertificate = metadata.replaceAll(/<(\w+:)?KeyDescriptor[^]*?<\/(\w+:)?KeyDescriptor>/g, '')
  await refuse('Metadata XML', withoutCertificate, /no signing certificate/)
  const { certificate } = await createSigningKey('Old', new Date('2019-01-01'), 365)
  const expired = metadata.replaceAll(/(<(?:\w+:)?X509Certificate>)[^<]*/g, `$1${certificate}`)
  await refuse('Metadata XML', expired, /expired/)
  expect(sentences.size).toBe(5)
  expect(await api<object>('GET', `/connections/${connection.id}`)).toMatchObject({
    idp_entity_id: null,
    idp_metadata_url: null,
  })
})

test('a sign-in that fails is explained, replayed, and goes well once the identity provider is corrected', async () => {
  const { gatehouse } = installation
  const { id } = await createConnection('Explained', `${gatehouse.testIdpUrl}/metadata`)
  const visitor = await open(`connections/${id}?tab=attempts`)
  const person = await arrive()
  person.allow(/status of 400/)
  const { page } = visitor
  const url = (await page.getByRole('link', { name: 'Test sign-in' }).getAttribute('href')) ?? ''
  await person.page.goto(url)
  await person.page.locator('summary', { hasText: 'Wrong address' }).click()
  await person.page.getByRole('button', { name: /^Wrong audience/ }).click()
  await person.page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
  const reference = /sso_session_\w+/.exec(await person.page.locator('dd').innerText())?.[0]
  expect(reference).toBeDefined()

  const row = page.getByRole('row').filter({ hasText: 'Failed' })
  await row.getByText(/audience/i).waitFor()
  const stayed = await keepOpen(page)
  await restart()
  await row.getByRole('link').click()
  await page.getByText(reference ?? '').waitFor()
  const finding = page.getByRole('region').filter({ hasText: 'Who changes it' })
  await finding.getByText('Expected').waitFor()
  const ours = await api<{ sp_entity_id: string }>('GET', `/connections/${id}`)
  expect(await finding.innerText()).toContain(ours.sp_entity_id)
  await finding.getByText('Received').waitFor()
  await finding.getByText(/Okta admin dashboard/).waitFor()
  await finding.getByText('Audience URI (SP Entity ID)').waitFor()
  await button(page, 'Replay').click()
  await page.getByText(/Still refused.*audience/i).waitFor()
  await expectAccessible(page, 'refused sign-in')

  await signIn(person.page, url, 'someone@example.org')
  await person.page.getByText('Back in the application').waitFor()
  await page.goBack()
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor()
  expect(await stayed(), 'without a reload').toBe(true)
})

test('an identity provider that rotates its key goes on, and the overview says which certificates end soon', async () => {
  const { gatehouse } = installation
  const idps = `${gatehouse.url}/test-idp/idps`
  const body = new URLSearchParams({ slug: 'rotating', kind: 'okta-like', name: 'Rotating' })
  const made = await fetch(idps, { method: 'POST', body, headers: { accept: 'application/json' } })
  expect(made.status, await made.clone().text()).toBe(201)
  const { metadata_url } = (await made.json()) as { metadata_url: string } // as the test identity provider says
  const { id } = await createConnection('Rotating', metadata_url)
  const visitor = await open(`connections/${id}`)
  const person = await arrive()
  const { page } = visitor
  const url = (await page.getByRole('link', { name: 'Test sign-in' }).getAttribute('href')) ?? ''
  await signIn(person.page, url, 'someone@example.org')
  await person.page.getByText('Back in the application').waitFor()
  await page.getByText('Active', { exact: true }).waitFor()
  const certificates = page.getByRole('definition').filter({ hasText: 'expires' })
  const before = await certificates.locator('code').allTextContents()
  expect(before).toHaveLength(1)

  await fetch(`${gatehouse.url}/test-idp/rotating/rotate`, {
    method: 'POST',
    body: new URLSearchParams({ days: '30' }),
  })
  // Metadata that was just read is not read again for every answer that does not fit.
  await restart(10 * 60_000)
  await signIn(person.page, url, 'another@example.org')
  await person.page.getByText('Back in the application').waitFor()
  // Read anew when a certificate nobody knew had signed, with the mark of what signs from now on.
  await expect.poll(() => certificates.locator('code').allTextContents()).not.toEqual(before)
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page
    .getByRole('region', { name: 'Certificates that end soon' })
    .getByRole('link', { name: 'Rotating' })
    .waitFor()
  await expectAccessible(page, 'certificates that end soon')
})
