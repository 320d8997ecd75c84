import { readFile } from 'node:fs/promises'
import { type Event, WorkOS } from 'workos-11'
import { expect, test } from 'vitest'
import { expectAccessible } from './support/dashboard.ts'
import { button, copied, keepOpen, useInstallation } from './support/installation.ts'
import { signIn } from './support/sign-in.ts'
import { runSql } from '../support/run-sql.ts'

const installation = useInstallation()
const { open, arrive, api, restart } = installation

function sdk(): WorkOS {
  const { apiKey, port } = installation.gatehouse
  return new WorkOS(apiKey, { apiHostname: 'localhost', port, https: false })
}

const dsync = [
  'dsync.user.created',
  'dsync.user.updated',
  'dsync.user.deleted',
  'dsync.group.user_added',
  'dsync.group.user_removed',
] as const

async function createDirectory(name: string) {
  const organization = await api<{ id: string }>('POST', '/organizations', { name })
  const directory = await api<{ id: string; endpoint: string; bearer_token: string }>('POST', '/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
    name,
  })
  return {
    ...directory,
    async push(address: string) {
      const response = await fetch(`${directory.endpoint}/Users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${directory.bearer_token}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify({
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName: address,
          name: { givenName: address.split('@')[0], familyName: 'Person' },
          emails: [{ primary: true, value: address, type: 'work' }],
          active: true,
        }),
      })
      expect(response.status, await response.text()).toBe(201)
    },
  }
}

test('the log is read with a cursor, without a gap or anything twice, through a restart', async () => {
  const directory = await createDirectory('Many')
  const people = Array.from({ length: 250 }, (_each, index) => `person${index}@many.test`)
  for (let at = 0; at < people.length; at += 25) await Promise.all(people.slice(at, at + 25).map(directory.push))

  const { events } = sdk()
  const read: Event[] = []
  let after: string | undefined
  for (;;) {
    const { data } = await events.listEvents({ events: [...dsync], limit: 100, ...(after !== undefined && { after }) })
    if (data.length === 0) break
    read.push(...data)
    after = data.at(-1)?.id
    if (read.length === 100) await restart()
  }
  expect(read).toHaveLength(250)
  expect(new Set(read.map(({ id }) => id)).size).toBe(250)
  const backwards = await events.listEvents({ events: [...dsync], limit: 100, order: 'desc' })
  expect(
    read.slice(-100).map(({ id }) => id),
    'one order',
  ).toEqual(backwards.data.map(({ id }) => id).toReversed())

  // One of the article's, of another server: told apart from a typing mistake, and the poller begins anew.
  const foreign = events.listEvents({ events: [...dsync], after: 'event_08GHJ944DVE9G8CXRTPGI1N64W' })
  await expect(foreign).rejects.toMatchObject({ status: 400, code: 'invalid_cursor', message: /after/ })
  const middle = read[99]
  const visitor = await open(`events?type=dsync.user.*&open=${middle?.id ?? ''}`)
  const { page } = visitor
  await button(page, 'Continue from here').click()
  await page.getByText('listEvents call copied').waitFor()
  const [, cursor] = /after: '(\w+)'/.exec(await copied(page)) ?? []
  const { data } = await events.listEvents({
    events: [...dsync],
    limit: 100,
    ...(cursor !== undefined && { after: cursor }),
  })
  expect(data.map(({ id }) => id)).toEqual(read.slice(100, 200).map(({ id }) => id))
})

test('events arrive live on the page that shows them, which an address brings back', async () => {
  const directory = await createDirectory('Live')
  const visitor = await open('events?type=dsync.*')
  const { page } = visitor
  await page.getByRole('table').waitFor()
  await expectAccessible(page, 'events')
  await restart()
  const stayed = await keepOpen(page)
  await page.getByText('Live', { exact: true }).first().waitFor()
  const jump = page.getByRole('button', { name: /Search or jump to/ })
  await jump.focus()
  const created = page.getByRole('row').filter({ hasText: 'dsync.user.created' })
  const push = async (name: string) => {
    const began = performance.now()
    await directory.push(`${name}@live.test`)
    await created.filter({ hasText: name }).first().waitFor()
    return performance.now() - began
  }
  // Each as a rule; the other processor may be busy with another file's browser.
  const took = [await push('ada'), await push('alan'), await push('grace')]
  expect(Math.min(...took), took.join()).toBeLessThan(1_000)
  expect(await jump.evaluate((element) => element === document.activeElement), 'focus stays').toBe(true)
  await jump.blur()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'dsync.user.created' }).waitFor()
  await expectAccessible(page, 'event')
  const json = await page.getByLabel('event', { exact: true }).textContent()
  const { data } = await api<{ data: object[] }>('GET', '/events?order=desc&limit=1&events=dsync.user.created')
  expect(JSON.parse(json ?? ''), 'what the API answers').toEqual(data[0])
  expect(await stayed(), 'without a reload').toBe(true)
  const other = await arrive()
  await other.page.goto(page.url())
  await other.page.getByRole('dialog').getByText('grace@live.test').first().waitFor()
})

test('events are streamed to Datadog, a wrong site is explained, and its dashboard can be imported', async () => {
  const { application, gatehouse } = installation
  const visitor = await open('log-streams')
  const { page } = visitor
  await button(page, 'Stream to Datadog').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Datadog API key').fill('0123456789abcdef0123456789abcdef')
  await button(page, 'Save Log Stream Details').click()
  await page.getByRole('heading', { level: 1, name: 'Datadog', exact: true }).waitFor()
  await expectAccessible(page, 'log stream')
  application.answerPosts(403)
  await button(page, 'Send a test event').click()
  await page.getByText(/refuses the API key \(403\).*EU1/).waitFor()
  application.answerPosts(202)
  await restart()

  const authorize = new URLSearchParams({
    response_type: 'code',
    client_id: gatehouse.clientId,
    organization: 'org_test_idp',
    redirect_uri: `http://localhost:${gatehouse.appPort}/callback`,
  })
  await signIn(`${gatehouse.url}/sso/authorize?${authorize}`, { user: 'lela.block@example.com' })
  const logs = () =>
    application
      .at('/api/v2/logs')
      .flatMap(({ body }) => JSON.parse(body) as { ddsource: string; message: string; timestamp: number }[]) // as we write them
  await expect
    .poll(() => logs().find(({ message }) => message === 'authentication.sso_succeeded'), { timeout: 20_000 })
    .toMatchObject({ ddsource: 'workos' })
  expect(application.at('/api/v2/logs').at(-1)?.headers['dd-api-key']).toBe('0123456789abcdef0123456789abcdef')
  await page
    .getByText(/0 events/)
    .first()
    .waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download dashboard JSON').click()])
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toHaveProperty('widgets')
})

test('failed sign-ins show in the insights by reason and organization, and set off an alert', async () => {
  const { application, gatehouse } = installation
  application.answerPosts(200)
  const hook = await api<{ id: string }>('POST', '/webhook_endpoints', {
    endpoint_url: `${application.url}/alerts`,
    events: ['alert.firing'],
  })
  const watcher = await open('alerts')
  const alerts = watcher.page
  await button(alerts, 'Create alert').first().click()
  await alerts.getByLabel('Name', { exact: true }).fill('Sign-ins fail')
  await alerts.getByLabel('authentication.password_failed').check()
  await alerts.getByLabel('How many').fill('20')
  await alerts.getByRole('combobox', { name: 'Counted' }).click()
  await alerts.getByRole('option', { name: 'All together' }).click()
  await alerts.getByRole('combobox', { name: 'Webhook' }).click()
  await alerts.getByRole('option', { name: `${application.url}/alerts` }).click()
  await expectAccessible(alerts, 'create-alert')
  await alerts.getByRole('dialog').getByRole('button', { name: 'Create alert' }).click()
  const watched = alerts.getByRole('row').filter({ hasText: 'Sign-ins fail' })
  await watched.getByText('20 of 2 kinds of events within 5 minutes').waitFor()
  await expectAccessible(alerts, 'alerts')
  const [rule] = (await api<{ data: { id: string; webhook_endpoint_id: string }[] }>('GET', '/alert_rules')).data
  expect(rule?.webhook_endpoint_id).toBe(hook.id)
  // Somebody else changes it while it is being edited.
  await button(alerts, 'Edit Sign-ins fail').click()
  await alerts.getByLabel('How many').fill('30')
  await api('PATCH', `/alert_rules/${rule?.id}`, { emails: ['oncall@example.com'] })
  await alerts.getByRole('button', { name: 'Load their values' }).click()
  await expect.poll(() => alerts.getByLabel('E-mail').inputValue()).toBe('oncall@example.com')
  expect(await alerts.getByLabel('How many').inputValue()).toBe('20')
  await button(alerts, 'Cancel').click()
  const guess = async (email: string, answer = 400) => {
    const response = await fetch(`${gatehouse.url}/user_management/authenticate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gatehouse.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: gatehouse.clientId,
        client_secret: gatehouse.apiKey,
        grant_type: 'password',
        email,
        password: 'not the password',
      }),
    })
    expect(response.status, await response.text()).toBe(answer)
  }
  for (let times = 0; times < 10; times += 1) await guess('grace@example.org')
  await restart()
  // The limit is no process's.
  await guess('grace@example.org', 429)
  for (let times = 0; times < 10; times += 1) await guess('nobody@example.org')
  await expect.poll(() => application.at('/alerts').length, { timeout: 30_000 }).toBe(1)
  expect(JSON.parse(application.at('/alerts')[0]?.body ?? '')).toMatchObject({
    event: 'alert.firing',
    data: { alert_rule_id: rule?.id, threshold: 20 },
  })
  await watched.getByText('Firing').waitFor()
  await button(alerts, 'Disable Sign-ins fail').click()
  await watched.getByText('Disabled').waitFor()
  await button(alerts, 'Delete Sign-ins fail').click()
  await alerts.getByLabel('Type Sign-ins fail to confirm').fill('Sign-ins fail')
  await button(alerts, 'Delete alert').click()
  await alerts.getByText('No alert yet').waitFor()

  // These belong to an organization.
  const authorize = new URLSearchParams({
    response_type: 'code',
    client_id: gatehouse.clientId,
    organization: 'org_test_idp',
    redirect_uri: `http://localhost:${gatehouse.appPort}/callback`,
  })
  const visitor = await open('insights')
  const { page } = visitor
  const reasons = page.getByRole('region', { name: 'Why sign-ins failed' })
  await reasons.getByText('invalid credentials').waitFor()
  // The page that is open follows.
  for (let times = 0; times < 3; times += 1)
    await signIn(`${gatehouse.url}/sso/authorize?${authorize}`, { scenario: 'error-response' })
  await expect
    .poll(async () => (await reasons.getByRole('row').allInnerTexts()).join(), { timeout: 30_000 })
    .toMatch(/invalid credentials\s+20\b.*idp status\s+3\b/)
  const organizations = page.getByRole('region', { name: 'Sign-ins by organization' })
  await organizations.getByRole('row').filter({ hasText: 'Test Organization' }).waitFor()
  await expectAccessible(page, 'insights')
  const chart = page.getByRole('region', { name: 'Sign-ins', exact: true })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    chart.getByRole('button', { name: 'Download CSV' }).click(),
  ])
  const [head = '', ...lines] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/)
  const columns = head.split(',')
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [columns[at], value])))
  for (const [organization, event] of [
    ['org_test_idp', 'authentication.sso_failed'],
    ['', 'authentication.password_failed'],
  ] as const) {
    const counted = rows
      .filter((row) => row['organization_id'] === organization && row['outcome'] === 'failed')
      .reduce((sum, row) => sum + Number(row['count']), 0)
    const { data } = await api<{ data: object[] }>('GET', `/events?limit=100&events=${event}`)
    expect(counted, event).toBe(data.length)
  }
})

test('a webhook is set up and tried, retried while it fails, switched off, and gets what it missed', async () => {
  const { application, gatehouse } = installation
  application.answerPosts(200)
  const visitor = await open('webhooks')
  const { page } = visitor
  // Set-up and test send.
  await button(page, 'Create endpoint').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('URL').fill(`${application.url}/webhook`)
  await dialog.getByRole('button', { name: 'None' }).click()
  await dialog.getByRole('checkbox', { name: 'organization.created' }).click()
  await button(page, 'Create endpoint').last().click()
  await page.getByRole('heading', { level: 1, name: `${application.url}/webhook` }).waitFor()
  await button(page, 'Send test event').click()
  await page.getByText(/organization\.created: 200 after \d+ ms/).waitFor()
  const test = page.getByRole('region', { name: 'Test', exact: true })
  await test.getByText('headers', { exact: true }).click()
  await test.getByRole('region', { name: 'Sent headers' }).getByText('workos-signature: t=').waitFor()
  await test.getByRole('region', { name: 'Answered headers' }).getByText('content-type: text/html').waitFor()
  await expectAccessible(page, 'webhook endpoint')
  await button(page, 'Reveal secret').click()
  await page.getByRole('button', { name: 'Copy Signing secret' }).click()
  await page.getByText('Signing secret copied').waitFor()
  const secret = await copied(page)
  const [sent] = application.at('/webhook')
  const sigHeader = String(sent?.headers['workos-signature'])
  const event = await sdk().webhooks.constructEvent({ payload: JSON.parse(sent?.body ?? ''), sigHeader, secret })
  expect(event.event).toBe('organization.created')
  const address = page.url()
  await page.getByRole('link', { name: 'Webhooks', exact: true }).first().click()
  await page.getByLabel('WorkOS-Signature header').fill(sigHeader)
  await page.getByLabel('Signing secret').fill(secret)
  for (const [body, verdict] of [
    [sent?.body ?? '', 'It fits'],
    [(sent?.body ?? '').replace('organization.created', 'organization.deleted'), 'the body was changed'],
  ] as const) {
    await page.getByLabel('Raw body').fill(body)
    await button(page, 'Check signature').click()
    await page.getByRole('status').filter({ hasText: verdict }).waitFor()
  }

  // Failure and retries, the clock going on by restarts.
  application.answerPosts(500)
  await page.goto(address)
  const stayed = await keepOpen(page)
  const { id } = await api<{ id: string }>('POST', '/organizations', { name: 'Missed' })
  const row = page.getByRole('row').filter({ hasText: 'organization.created' }).filter({ hasText: '500' })
  const endpoint = /we_\w+/.exec(address)?.[0] ?? ''
  interface Delivery {
    readonly event_id: string
    readonly recent_attempts: readonly { readonly at: string }[]
    readonly state: string
    readonly test: boolean
    readonly next_attempt_at: string | null
  }
  const delivery = async () =>
    (await api<{ data: Delivery[] }>('GET', `/webhook_endpoints/${endpoint}/deliveries?order=desc&limit=10`)).data.find(
      (each) => !each.test,
    )
  /** What is waited for after so many attempts. */
  const waits = new Map<number, number>()
  for (const [attempt, laterMs] of [
    [1, 0],
    [2, 30_000],
    [3, 120_000],
  ] as const) {
    if (laterMs > 0) await restart(laterMs)
    // The second may come before the clock is put on: ten seconds are little where something else is busy.
    const failures = async () => {
      const { recent_attempts: made = [], next_attempt_at: when = null } = (await delivery()) ?? {}
      const last = made.at(-1)
      if (!last || when === null) return 0
      waits.set(made.length, new Date(when).getTime() - new Date(last.at).getTime())
      return made.length
    }
    await expect.poll(failures, { timeout: 30_000 }).toBeGreaterThanOrEqual(attempt)
    await row.getByText('next', { exact: false }).waitFor()
  }
  const [first = 0, ...longer] = waits.values()
  expect(longer).not.toEqual([])
  expect(
    longer.every((wait) => wait > first * 2),
    [...waits].join(' '),
  ).toBe(true)
  const attempts = [...waits.keys()].at(-1) ?? 0
  await row.getByText('each', { exact: true }).click()
  await expect
    .poll(() =>
      row
        .getByRole('list')
        .getByText(/later: 500 after/)
        .count(),
    )
    .toBe(attempts - 1)
  await row.getByText('headers', { exact: true }).click()
  await row.getByText('workos-signature: t=').waitFor()
  await page.getByText('Nothing has got through since').waitFor()
  expect(await stayed(), 'without a reload').toBe(true)

  // After three days it is given up; fixed, everything that was missed is delivered once.
  await runSql(gatehouse.databaseUrl ?? '', `update webhook_deliveries set attempts = 15 where not is_test`)
  const fourDaysMs = 4 * 24 * 60 * 60_000
  visitor.allow(/status of 401/)
  await restart(fourDaysMs)
  await expect
    .poll(async () => (await api<{ status: string }>('GET', `/webhook_endpoints/${endpoint}`)).status, {
      timeout: 30_000,
    })
    .toBe('disabled')
  await page.goto(address)
  await page.getByText('Disabled', { exact: true }).waitFor()
  await expectAccessible(page, 'webhook endpoint that failed')
  application.answerPosts(200)
  await page.getByRole('button', { name: 'More about this endpoint' }).click()
  await page.getByRole('menuitem', { name: 'Enable' }).click()
  await page.getByText('Enabled', { exact: true }).waitFor()
  await page.getByRole('row').filter({ hasText: 'organization.created' }).getByText('Failed').waitFor()
  await button(page, 'Recover failed since…').click()
  await dialog.getByLabel('Since').waitFor()
  await button(page, 'Recover failed').click()
  await page.getByText('1 delivery scheduled').waitFor()
  await expect.poll(async () => (await delivery())?.state).toBe('succeeded')
  const delivered = application
    .at('/webhook')
    .map(({ body }) => JSON.parse(body) as { id: string; data: { id: string } }) // as it was signed
    .filter(({ data }) => data.id === id)
  expect(new Set(delivered.map((each) => each.id)).size, 'one event').toBe(1)
  expect(gatehouse.output()).not.toContain(secret)
})
