import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { createProfile, launchBrowser, visit, visitIn } from './support/browser.ts'
import { expectAccessible } from './support/dashboard.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'
import { callApi } from './support/tenant.ts'

let gatehouse: Gatehouse
let browser: Browser
let profile: BrowserContext

beforeAll(async () => {
  gatehouse = await startGatehouse()
  browser = await launchBrowser()
  profile = await createProfile(browser)
})

afterAll(async () => {
  await browser?.close()
  await gatehouse?.stop()
})

/** A browser, a server and a database on what is left of two cores: against hanging, not against slowness. */
vi.setConfig({ testTimeout: 600_000 })

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

async function createOrganization(page: Page, name: string, domains: string): Promise<void> {
  await page.goto(`${gatehouse.url}/dashboard/organizations`)
  await button(page, 'Create organization').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await dialog.getByLabel('Domains').fill(domains)
  await button(page, 'Create organization').last().click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

test('colleagues are invited, get another role and are removed, and the only owner stays', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  const invite = async (email: string, role: RegExp) => {
    await button(page, 'Invite a colleague').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail').fill(email)
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: role }).click()
    await button(page, 'Make the link').click()
    const link = await dialog.locator('code').innerText()
    expect(link).toContain('/dashboard/invitation?token=')
    return link
  }
  await page.goto(`${gatehouse.url}/dashboard/team`)
  await page
    .getByRole('row')
    .filter({ hasText: 'developer@localhost' })
    .getByText(/ago|now/)
    .waitFor()
  const link = await invite('grace@acme.test', /^Owner/)
  await expectAccessible(page, 'invitation of a colleague')
  await button(page, 'Done').click()
  await page.getByRole('row').filter({ hasText: 'grace@acme.test' }).waitFor()
  expect(await page.content(), 'shown once').not.toContain(link)
  const opened = await fetch(link)
  expect([opened.status, (await opened.text()).includes('grace@acme.test')]).toEqual([200, true])
  await invite('alan@acme.test', /^Viewer/)
  await button(page, 'Done').click()
  const grace = page.getByRole('row').filter({ hasText: 'grace@acme.test' })
  const alan = page.getByRole('row').filter({ hasText: 'alan@acme.test' })
  await alan.getByText('Invited').waitFor()
  await alan.getByText('never').waitFor()
  await expectAccessible(page, 'team')
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false)
  await page.setViewportSize({ width: 1280, height: 720 })

  const choose = async (email: string, role: string) => {
    await page.getByRole('combobox', { name: `Role of ${email}` }).click()
    await page.getByRole('option', { name: role }).click()
  }
  await choose('alan@acme.test', 'admin')
  await page.getByText('alan@acme.test is admin now').waitFor()
  await choose('grace@acme.test', 'viewer')
  await page.getByText('This is the only owner').waitFor()
  await grace.getByText('owner').waitFor()
  await page.getByRole('button', { name: 'Remove alan@acme.test' }).click()
  await page.getByRole('alertdialog').getByRole('textbox').fill('alan@acme.test')
  // The red button among them.
  await expectAccessible(page, 'removal of a colleague')
  await button(page, 'Remove person').click()
  await alan.waitFor({ state: 'detached' })
  expect(visitor.complaints).toEqual([expect.stringContaining('400')])
})

test('an organization has roles of its own beside those of all', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  await createOrganization(page, 'With roles', '')
  const roles = page.getByRole('region', { name: 'Roles', exact: true })
  await roles.getByRole('row').filter({ hasText: 'member' }).getByText('of every organization').waitFor()
  await roles.getByRole('button', { name: 'Create role' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Chief buyer')
  await button(page, 'Create role').last().click()
  const row = roles.getByRole('row').filter({ hasText: 'Chief buyer' })
  await row.getByRole('button', { name: 'Edit' }).click()
  await dialog.getByLabel('Description').fill('Signs orders')
  await button(page, 'Save').click()
  await row.getByText('Signs orders').waitFor()
  await expectAccessible(page, 'roles of an organization')
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false)
  await page.setViewportSize({ width: 1280, height: 720 })
  await row.getByRole('button', { name: 'Delete' }).click()
  const slug = /Type (\S+) to confirm/.exec(await page.getByRole('alertdialog').innerText())?.[1] ?? ''
  await page.getByRole('alertdialog').getByRole('textbox').fill(slug)
  await button(page, 'Delete role').click()
  await row.waitFor({ state: 'detached' })
  expect(visitor.complaints).toEqual([])
})

test('what is typed on the page of one thing is not on the page of another, and is sent once', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  const see = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
  await page.goto(`${gatehouse.url}/dashboard/organizations/org_test_idp`)
  await see('Test Organization')
  const { id } = await callApi(gatehouse, 'POST', '/organizations', { name: 'The other' })
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill(id)
  await page.keyboard.press('Enter')
  await see('The other')
  // Both have been read by now: neither has to wait.
  const domain = page.getByLabel('Add a domain')
  await domain.fill('other.test')
  await page.goBack()
  await see('Test Organization')
  expect(await domain.inputValue()).toBe('')
  const sent: string[] = []
  const answered = Promise.withResolvers<undefined>()
  await page.route(/organization_domains/, async (route) => {
    sent.push(route.request().method())
    await answered.promise
    await route.continue()
  })
  await domain.fill('once.test')
  await domain.press('Enter')
  await expect.poll(() => sent).toEqual(['POST'])
  await domain.press('Enter')
  await domain.press('Enter')
  answered.resolve(undefined)
  await page.getByRole('row').filter({ hasText: 'once.test' }).waitFor()
  expect(sent).toEqual(['POST'])
  await page.unroute(/organization_domains/)
  expect(visitor.complaints).toEqual([])
})

test('what happens between the reading of a page and its live stream shows', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  const listens = Promise.withResolvers<undefined>()
  await page.route('**/live', async (route) => {
    await listens.promise
    await route.continue()
  })
  await page.goto(`${gatehouse.url}/dashboard/organizations`)
  await page.getByRole('link', { name: 'Test Organization' }).waitFor()
  await callApi(gatehouse, 'POST', '/organizations', { name: 'In between' })
  listens.resolve(undefined)
  await page.getByRole('link', { name: 'In between' }).waitFor()
  expect(visitor.complaints).toEqual([])
})

/** What viewers may press: it shows, finds, copies or tries, and changes nothing. */
const harmless =
  /^(Copy|Show|Search|Appearance|More about|Close|Test$|Check signature$|All |Pause$|Download|Menu$|View|Clear filters$|Open$)/

test('whoever may only look finds nothing to press or to type into, and is told why', async () => {
  const owner = (await visitIn(profile)).page
  await owner.goto(`${gatehouse.url}/dashboard/team`)
  await button(owner, 'Invite a colleague').click()
  await owner.getByRole('dialog').getByLabel('E-mail').fill('viewer@acme.test')
  await owner.getByRole('combobox', { name: 'Role' }).click()
  await owner.getByRole('option', { name: /^Viewer/ }).click()
  await button(owner, 'Make the link').click()
  const link = await owner.getByRole('dialog').locator('code').innerText()
  const { page } = await visit(browser, { colorScheme: 'light' })
  await page.goto(link)
  const secret = decodeBase32((await page.locator('dt:has-text("Secret") + dd').innerText()).trim()) ?? Buffer.alloc(0)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('textbox', { name: /^Code/ }).fill(totp(secret, new Date()))
  await page.getByRole('button').last().click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()

  const usable = async () => {
    await page.waitForFunction(() => document.querySelector('[role=status][aria-busy=true]') === null)
    const main = page.locator('main')
    const fields = main.locator('input:not([readonly]):not(:disabled), textarea:not([readonly]):not(:disabled)')
    const names = await fields.evaluateAll((all) =>
      all.map((each) => (each as HTMLInputElement).labels?.[0]?.innerText ?? each.outerHTML),
    )
    const others = main.locator(
      ':is(button, [role=switch], [role=combobox], [role=checkbox]):not(:disabled):not([aria-disabled=true]):not([role=tab]):not([role=radio])',
    )
    const pressed = await others.evaluateAll((all) =>
      all.map((each) => each.getAttribute('aria-label') ?? (each as HTMLElement).innerText),
    )
    return [...names, ...pressed.filter((name) => !harmless.test(name.trim()))]
  }
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('list').getByRole('link')
  const found: Record<string, string[]> = {}
  for (const title of await links.allInnerTexts()) {
    await links.filter({ hasText: new RegExp(`^${title}$`) }).click()
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    found[title] = await usable()
  }
  const looking = Object.fromEntries(Object.entries(found).filter(([, names]) => names.length > 0))
  expect(looking).toEqual({
    Organizations: ['Search'],
    Users: ['E-mail'],
    Invitations: ['E-mail'],
    Events: ['From', 'To'],
    Requests: ['Request id'],
    Webhooks: ['WorkOS-Signature header', 'Raw body', 'Signing secret'],
    Redirects: ['Address'],
  })
  expect(await page.getByText('for owners: your role is viewer').count(), 'says why on the way').toBe(0)
  await links.filter({ hasText: /^Team$/ }).click()
  await page.getByText('This is for owners: your role is viewer. Ask one of them.').waitFor()
  await links.filter({ hasText: /^Branding$/ }).click()
  await page.getByText('You may look, not change: your role is viewer.').waitFor()
  // Its label opens it too.
  expect(await page.getByLabel('Logo', { exact: true }).isDisabled()).toBe(true)

  const main = `${gatehouse.url}/dashboard`
  await page.goto(`${main}/organizations/org_test_idp`)
  const configure = page.getByRole('region', { name: 'Single Sign-On' }).getByRole('button')
  await configure.waitFor()
  expect(await configure.getAttribute('aria-description')).toContain('viewer')
  await configure.click({ force: true })
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await usable()).toEqual([])
  await page.getByRole('button', { name: 'More about this organization' }).click()
  expect(await page.getByRole('menuitem', { name: 'Delete' }).getAttribute('aria-disabled')).toBe('true')
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Single Sign-On' }).getByRole('link').first().click()
  for (const tab of ['Configuration', 'Attribute map', 'Options']) {
    await page.getByRole('tab', { name: tab }).click()
    expect(await usable(), tab).toEqual([])
  }
})

test('a deletion waits until the name is typed, and says what breaks', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  await createOrganization(page, 'Short-lived', '')
  await page.getByRole('button', { name: 'More about this organization' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByText('stop signing people in').waitFor()
  const confirm = dialog.getByRole('button', { name: 'Delete organization' })
  await dialog.getByRole('textbox').fill('Short')
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill('Short-lived')
  await confirm.click()
  await page.getByRole('heading', { level: 1, name: 'Organizations' }).waitFor()
  await page.getByRole('table').waitFor()
  expect(await page.getByRole('link', { name: 'Short-lived' }).count()).toBe(0)
  // The live stream may tell of the deletion while the page is still being left.
  expect(visitor.complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test('what cannot be read is said to be so, and counts as nothing done or made', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  const refuse = (url: URL) => /\/(overview|mailbox)$/.test(url.pathname) && url.pathname.includes('/api/')
  await page.route(refuse, (route) => route.fulfill({ status: 403, json: { message: 'Not now.' } }))
  await page.goto(`${gatehouse.url}/dashboard`)
  await page.getByText('The progress could not be read. Not now.').waitFor()
  expect(await page.getByText(/\d of 8/).count()).toBe(0)
  await page.unroute(refuse)
  await button(page, 'Try again').click()
  await page.getByText(/\d of 8/).waitFor()
  await page.getByRole('link', { name: 'Mailbox', exact: true }).click()
  await page.getByRole('heading', { name: 'No mail yet' }).waitFor()
  // It was read before, as empty, and is not any more.
  await page.route(refuse, (route) => route.fulfill({ status: 403, json: { message: 'Not now.' } }))
  await page.getByText('What you see may be old. Not now.').waitFor()
  await page.getByRole('heading', { name: 'No mail yet' }).waitFor()
  expect(visitor.complaints.filter((text) => !text.includes('403'))).toEqual([])
})

test('the first page costs less than 200 kB', async () => {
  const visitor = await visitIn(profile)
  const sizes: number[] = []
  visitor.page.on('response', (response) => {
    if (response.url().includes('/dashboard/assets/')) sizes.push(Number(response.headers()['content-length']))
  })
  await visitor.page.goto(`${gatehouse.url}/dashboard`)
  await visitor.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(total, sizes.join(' + ')).toBeGreaterThan(50_000)
  expect(total, sizes.join(' + ')).toBeLessThan(200_000)
})

test('every page can be read by everybody, in both colour schemes and on a telephone', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  await page.goto(`${gatehouse.url}/dashboard`)
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('list').getByRole('link')
  await links.first().waitFor()
  const titles = await links.allInnerTexts()
  expect(titles).toHaveLength(21)
  for (const title of [...titles, 'There is no such page']) {
    // Within one document, as people go: neither the program nor axe is read again for every page.
    if (titles.includes(title)) await links.filter({ hasText: new RegExp(`^${title}$`) }).click()
    else await page.goto(`${gatehouse.url}/dashboard/nowhere`)
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    await page.waitForFunction(() => document.querySelector('[role=status][aria-busy=true]') === null)
    // Comes a moment later than the page, and is a part of it.
    if (title === 'Branding') await page.getByTitle('The login box').waitFor()
    await expectAccessible(page, title)
    await page.setViewportSize({ width: 390, height: 844 })
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    expect(sideways, `${title} fits a telephone`).toBe(false)
    await page.setViewportSize({ width: 1280, height: 720 })
  }
  expect(visitor.complaints).toEqual([])
  const notFound: string[] = []
  page.on('response', (response) => {
    if (response.status() === 404) notFound.push(response.url().replace(/^.*\/environment_\w+/, ''))
  })
  await page.goto(`${gatehouse.url}/dashboard/connections/conn_nobody`)
  await page.getByRole('heading', { level: 1, name: 'There is no such connection here' }).waitFor()
  await expectAccessible(page, 'unknown id')
  expect(await page.title(), 'not that of the page before').toContain('There is no such connection')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('grace@example.org')
  await page.getByRole('option', { name: /grace@example.org/ }).click()
  await page.getByRole('heading', { level: 1, name: 'grace@example.org' }).waitFor()
  // The unknown id, which a page that waits for its live stream asks for again, and nothing else.
  expect(new Set(notFound)).toEqual(new Set(['/connections/conn_nobody']))
  expect(new Set(visitor.complaints)).toEqual(new Set([expect.stringContaining('404')]))
})
