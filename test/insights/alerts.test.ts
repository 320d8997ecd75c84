import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlertRule } from '#contracts/alert-rules.ts'
import type { MailId } from '#contracts/ids.ts'
import type { WebhookEndpoint } from '#contracts/webhooks.ts'
import { recoverAlerts } from '#domain/alerts/evaluate.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { countAll } from '#domain/insights/follow.ts'
import { mailContext } from '#domain/mail/queue.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { writeEvents } from '../support/write-events.ts'
import { work } from '../webhooks/worker.ts'

const server = useTestServer()
const idle = new AbortController().signal
const failed = 'authentication.sso_failed'

/** What the background does about alerts. */
async function follow(): Promise<void> {
  await stampEvents(server.db)
  await countAll(server.deps, idle)
  await recoverAlerts(server.deps, idle)
  await stampEvents(server.db)
}

async function createRule(environment: TestEnvironment, change: object = {}): Promise<AlertRule> {
  const body = {
    name: 'Sign-ins fail',
    events: [failed],
    threshold: 3,
    window_seconds: 60,
    cooldown_seconds: 0,
    ...change,
  }
  const { status, body: rule, text } = await environment.api<AlertRule>('POST', '/alert_rules', { body })
  if (status !== 201) throw new Error(text)
  return rule
}

const fail = (environment: TestEnvironment, count: number, organization: string | null = null) =>
  writeEvents(server, environment, count, { type: failed, organization, data: { error: { code: 'expired' } } })

interface Alert {
  readonly state: string
  readonly organization_id: string | null
  readonly firing_since: string
  readonly recovered_at?: string
}

const alertsOf = async (environment: TestEnvironment) =>
  (
    await environment.api<{ data: { data: Alert }[] }>('GET', '/events?events=alert.firing,alert.recovered&limit=100')
  ).body.data.map(({ data }) => data)

describe('a rule', () => {
  test('fires once when enough happens within its window, and recovers when that is over', async () => {
    const environment = await server.environment()
    const rule = await createRule(environment)
    await fail(environment, 2)
    await follow()
    expect(await alertsOf(environment)).toEqual([])
    server.clock.advance(30_000)
    const since = server.clock.read().toISOString()
    await fail(environment, 4)
    await follow()
    expect((await alertsOf(environment))[0]).toEqual({
      object: 'alert',
      state: 'firing',
      alert_rule_id: rule.id,
      name: 'Sign-ins fail',
      events: [failed],
      threshold: 3,
      window_seconds: 60,
      organization_id: null,
      webhook_endpoint_id: null,
      firing_since: since,
    })
    const shown = await environment.api<AlertRule>('GET', `/alert_rules/${rule.id}`)
    expect(shown.body.firing).toEqual([{ organization_id: null, since }])
    server.clock.advance(60_000)
    await follow()
    expect(await alertsOf(environment)).toHaveLength(1)
    server.clock.advance(1)
    await follow()
    await follow()
    expect((await alertsOf(environment)).map(({ state, firing_since }) => [state, firing_since])).toEqual([
      ['firing', since],
      ['recovered', since],
    ])
    expect((await environment.api<AlertRule>('GET', `/alert_rules/${rule.id}`)).body.firing).toEqual([])
  })

  test('does not fire again within its cool-down', async () => {
    const environment = await server.environment()
    await createRule(environment, { cooldown_seconds: 600 })
    for (let minute = 0; minute < 20; minute += 2) {
      await fail(environment, 3)
      await follow()
      server.clock.advance(120_000)
    }
    const firing = (await alertsOf(environment)).filter(({ state }) => state === 'firing')
    expect(firing).toHaveLength(2)
  })

  test('for each organization counts each for itself', async () => {
    const environment = await server.environment()
    await createRule(environment, { scope: 'each_organization' })
    for (const organization of ['org_a', 'org_b', null]) await fail(environment, 2, organization)
    await follow()
    await fail(environment, 1, 'org_b')
    await fail(environment, 1)
    await follow()
    expect(await alertsOf(environment)).toMatchObject([{ organization_id: 'org_b', state: 'firing' }])
  })

  test('of one organization looks at no other', async () => {
    const environment = await server.environment()
    const { body: organization } = await environment.api<{ id: string }>('POST', '/organizations', {
      body: { name: 'o' },
    })
    await createRule(environment, { organization_id: organization.id })
    await fail(environment, 5, 'org_other')
    await follow()
    expect(await alertsOf(environment)).toEqual([])
    await fail(environment, 3, organization.id)
    await follow()
    expect(await alertsOf(environment)).toMatchObject([{ organization_id: organization.id }])
  })

  test('watches from now on, its own events, and not while it is disabled', async () => {
    const environment = await server.environment()
    await fail(environment, 3)
    server.clock.advance(1)
    const rule = await createRule(environment)
    await writeEvents(server, environment, 3, { type: 'user.created' })
    await follow()
    await environment.api('PATCH', `/alert_rules/${rule.id}`, { body: { status: 'disabled' } })
    await fail(environment, 3)
    await follow()
    expect(await alertsOf(environment)).toEqual([])
    server.clock.advance(1)
    await environment.api('PATCH', `/alert_rules/${rule.id}`, { body: { status: 'enabled' } })
    await fail(environment, 3)
    await follow()
    expect(await alertsOf(environment)).toHaveLength(1)
  })

  test('is not set off by another tenant', async () => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    await createRule(mine)
    await fail(theirs, 3)
    await follow()
    expect(await alertsOf(mine)).toEqual([])
    expect(await alertsOf(theirs)).toEqual([])
  })

  test('says the same whether the log is followed closely or caught up with, by one or by several', async () => {
    const [closely, late] = [await server.environment(), await server.environment()]
    await createRule(closely)
    await createRule(late)
    const story = [1, 1, 1, 0, 0, 2, 0, 1, 0, 0, 0, 3, 3]
    const during = server.clock.read()
    for (const count of story) {
      if (count > 0) await Promise.all([fail(closely, count), fail(late, count)])
      // The late one's log is followed at the end only.
      await stampEvents(server.db)
      await server.db.pool.query(
        `insert into followers values ($1, 'insights', 9223372036854775807) on conflict (environment_id, name)
         do update set position = excluded.position`,
        [late.id],
      )
      await follow()
      server.clock.advance(25_000)
    }
    await server.db.pool.query(`update followers set position = 0 where environment_id = $1`, [late.id])
    server.clock.advance(120_000)
    await Promise.all([follow(), follow()])
    await follow()
    const [seen, caughtUp] = [await alertsOf(closely), await alertsOf(late)]
    const told = (alerts: Alert[]) =>
      alerts.map(({ state, firing_since, recovered_at }) => [state, firing_since, recovered_at])
    expect(told(caughtUp)).toEqual(told(seen))
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.every(({ firing_since }) => new Date(firing_since) >= during)).toBe(true)
  })
})

describe('who is told', () => {
  let sink: Sink
  beforeEach(async () => {
    sink = await startSink()
  })
  afterEach(() => sink.close())

  test('the endpoint of the rule by a signed webhook, though it subscribes to no alerts; no other', async () => {
    const environment = await server.environment()
    const endpoints = ['a', 'b'].map((path) =>
      environment.api<WebhookEndpoint>('POST', '/webhook_endpoints', {
        body: { endpoint_url: `${sink.url}/${path}`, events: ['user.deleted'] },
      }),
    )
    const [told] = await Promise.all(endpoints)
    await createRule(environment, { webhook_endpoint_id: told?.body.id })
    await fail(environment, 3)
    await follow()
    await work(server)
    expect(sink.received.map(({ path }) => path)).toEqual(['/a'])
    expect(JSON.parse(sink.received[0]?.body ?? '')).toMatchObject({ event: 'alert.firing', data: { state: 'firing' } })
    expect(sink.received[0]?.headers['workos-signature']).toMatch(/^t=\d{13}, v1=[0-9a-f]{64}$/)
  })

  test('people by mail, on firing and on recovery', async () => {
    const environment = await server.environment()
    await createRule(environment, { emails: ['ann@example.test', 'ann@example.test', 'bob@example.test'] })
    await fail(environment, 3)
    await follow()
    server.clock.advance(61_000)
    await follow()
    const { rows } = await server.db.pool.query<{ id: MailId; recipient: string; content: string }>(
      `select id, recipient, content from mails where environment_id = $1 and kind = 'alert' order by id`,
      [environment.id],
    )
    expect(rows.map(({ recipient }) => recipient)).toEqual([
      'ann@example.test',
      'bob@example.test',
      'ann@example.test',
      'bob@example.test',
    ])
    const texts = rows.map(({ id, content }) => server.deps.secrets.open(content, mailContext(id)))
    expect(texts[0]).toContain('3 or more within 60 seconds')
    expect(texts[2]).toContain('Fewer than 3 within 60 seconds again')
  })
})

describe('rules', () => {
  test.each([
    [{ events: ['authentication.sso_faild'] }, 422, 'unknown_event'],
    [{ events: ['alert.firing'] }, 422, 'unknown_event'],
    [{ threshold: 0 }, 422, undefined],
    [{ threshold: 1001 }, 422, undefined],
    [{ emails: ['nobody'] }, 422, undefined],
    [{ organization_id: 'org_none' }, 404, 'entity_not_found'],
    [{ webhook_endpoint_id: 'we_none' }, 404, 'entity_not_found'],
  ])('refuse %j', async (change, status, code) => {
    const environment = await server.environment()
    const answer = await environment.api('POST', '/alert_rules', { body: { name: 'r', events: [failed], ...change } })
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('of one organization cannot count each', async () => {
    const environment = await server.environment()
    const { body } = await environment.api<{ id: string }>('POST', '/organizations', { body: { name: 'o' } })
    const rule = await createRule(environment, { organization_id: body.id })
    const answer = await environment.api('PATCH', `/alert_rules/${rule.id}`, { body: { scope: 'each_organization' } })
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_scope'])
  })

  test('are listed and deleted; one whose endpoint is gone stays', async () => {
    const environment = await server.environment()
    const { body: endpoint } = await environment.api<WebhookEndpoint>('POST', '/webhook_endpoints', {
      body: { endpoint_url: 'https://a.test/', events: ['user.created'] },
    })
    const rule = await createRule(environment, { webhook_endpoint_id: endpoint.id })
    await environment.api('DELETE', `/webhook_endpoints/${endpoint.id}`)
    const list = await environment.api<{ data: AlertRule[] }>('GET', '/alert_rules')
    expect(list.body.data).toEqual([{ ...rule, webhook_endpoint_id: null }])
    expect((await environment.api('DELETE', `/alert_rules/${rule.id}`)).status).toBe(204)
    expect((await environment.api('DELETE', `/alert_rules/${rule.id}`)).status).toBe(404)
  })

  test.each(['GET', 'PATCH', 'DELETE'])('are nobody else’s to %s', async (method) => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    const rule = await createRule(theirs)
    const answer = await mine.api(method, `/alert_rules/${rule.id}`, method === 'PATCH' ? { body: {} } : {})
    expect(answer.status).toBe(404)
  })
})
