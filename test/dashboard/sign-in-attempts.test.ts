import { describe, expect, test } from 'vitest'
import type { RefusedResponse, Replay, SignInAttempt, SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'
import type { Page } from '#contracts/list.ts'
import { timeOutLogins } from '#domain/sso/time-out.ts'
import { responseChecks } from '#protocols/saml/rejection.ts'
import { type DashboardTester, openDashboard } from '../support/dashboard.ts'
import { createIdp } from '../support/saml-idp.ts'
import { useTestServer } from '../support/server.ts'
import { createSsoTenant, type SsoTenant } from '../support/sso-tenant.ts'
import { readLog } from '../support/log.ts'

const server = useTestServer()

const base = ({ environment }: SsoTenant) => `/dashboard/api/${environment.id}/sign_in_attempts`

async function list(where: SsoTenant, { ask }: DashboardTester, query = '') {
  return (await ask<Page<SignInAttempt>>('GET', base(where) + query)).body.data
}

async function trace(where: SsoTenant, { ask }: DashboardTester): Promise<SignInAttemptTrace> {
  const [attempt] = (await ask<Page<SignInAttempt>>('GET', base(where))).body.data
  return (await ask<SignInAttemptTrace>('GET', `${base(where)}/${attempt?.id}`)).body
}

describe('the list', () => {
  test('shows how each attempt ended, newest first, and can show failures alone', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn()
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    await where.start()
    server.clock.advance(11 * 60_000)
    await timeOutLogins(server.deps, new AbortController().signal)
    await where.start()
    const attempts = await list(where, dashboard)
    expect(attempts.map(({ state }) => state)).toEqual(['started', 'timed_out', 'failed', 'succeeded'])
    expect(attempts.map(({ email }) => email)).toEqual([
      'hint@example.com',
      'hint@example.com',
      'hint@example.com',
      'todd@example.com',
    ])
    expect(attempts.map(({ error }) => error?.code)).toEqual([undefined, 'timed_out', 'wrong_audience', undefined])
    const failed = await list(where, dashboard, `?failed=true&connection_id=${where.connection.id}`)
    expect(failed.map(({ state }) => state)).toEqual(['timed_out', 'failed'])
    expect(await list(where, dashboard, '?connection_id=conn_nobody')).toEqual([])
    expect(await list(where, dashboard, `?limit=1&before=${attempts[1]?.id}`)).toEqual([attempts[2]])
  })

  test('shows nothing of another environment', async () => {
    const [where, other] = [await createSsoTenant(server), await createSsoTenant(server)]
    const dashboard = await openDashboard(server)
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    expect(await list(other, dashboard)).toEqual([])
    expect(await list(other, dashboard, `?connection_id=${where.connection.id}`)).toEqual([])
    const { id } = await trace(where, dashboard)
    for (const [method, path] of [
      ['GET', id],
      ['POST', `${id}/replay`],
      ['POST', `${id}/reveal_response`],
    ]) {
      const answer = await dashboard.ask(String(method), `${base(other)}/${path}`)
      expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
    }
  })
})

describe('the trace', () => {
  test('of a sign-in that worked shows every step and every check passed', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn()
    const attempt = await trace(where, dashboard)
    expect(attempt.timeline.map(({ step }) => step)).toEqual([
      'started',
      'connection_chosen',
      'request_sent',
      'response_received',
      'verified',
      'code_issued',
    ])
    expect(attempt.checks.map(({ name }) => name)).toEqual(responseChecks.map(({ name }) => name))
    expect(new Set(attempt.checks.map(({ outcome }) => outcome))).toEqual(new Set(['passed']))
    expect([attempt.finding, attempt.response_kept]).toEqual([null, false])
  })

  test('of a refused response shows what passed before, what failed, what stood against what, and who must act', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    const { checks, finding, response_kept } = await trace(where, dashboard)
    const at = checks.findIndex(({ name }) => name === 'audience')
    expect(checks.map(({ outcome }) => outcome)).toEqual(
      checks.map((_check, index) => (index < at ? 'passed' : index === at ? 'failed' : 'not_reached')),
    )
    expect(finding).toEqual({
      code: 'wrong_audience',
      check: 'audience',
      clause: 'SAML core §2.5.1.4',
      message: expect.stringContaining('urn:somebody-else'),
      expected: [where.connection.sp_entity_id],
      received: ['urn:somebody-else'],
      side: 'identity_provider',
    })
    expect(response_kept).toBe(true)
  })

  test.each([
    [
      { notOnOrAfter: new Date('2026-01-01') },
      'confirmation_expired',
      'identity_provider',
      ['before 2026-01-01T00:00:00Z'],
    ],
    [{ issuer: 'https://other.test' }, 'wrong_response_issuer', 'connection', ['https://idp.test/metadata']],
    [{ recipient: 'https://other.test' }, 'wrong_recipient', 'identity_provider', 'the ACS URL'],
    [{ attributes: [], nameId: 'todd' }, 'email_missing', 'identity_provider', []],
  ])('of %o finds %s, to be put right by %s', async (change, code, side, expected) => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ change })
    const { finding, checks } = await trace(where, dashboard)
    expect([finding?.code, finding?.side]).toEqual([code, side])
    expect(finding?.expected).toEqual(expected === 'the ACS URL' ? [where.connection.acs_url] : expected)
    expect(checks.some(({ outcome }) => outcome === 'failed')).toBe(code !== 'email_missing')
    expect(checks[0]?.outcome).toBe('passed')
  })

  test('of an address outside the organization says whose it is and that all checks held', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ email: 'ann@elsewhere.test' })
    const { finding, checks, email } = await trace(where, dashboard)
    expect([email, finding?.code, finding?.side]).toEqual([
      'ann@elsewhere.test',
      'profile_not_allowed_outside_organization',
      'connection',
    ])
    expect(checks.every(({ outcome }) => outcome === 'passed')).toBe(true)
  })
})

describe('the refused response', () => {
  test('is kept sealed, shown to admins, and who looked is in the audit trail', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    const { id } = await trace(where, dashboard)
    const { rows } = await server.deps.db.pool.query<{ sealed_response: string }>(
      'select sealed_response from refused_responses where session_id = $1',
      [id],
    )
    const { body } = await dashboard.ask<RefusedResponse>('POST', `${base(where)}/${id}/reveal_response`)
    expect(body.xml).toContain('todd@example.com')
    expect(Buffer.from(body.saml_response, 'base64').toString()).toBe(body.xml)
    expect(rows[0]?.sealed_response).toMatch(/^v1\./)
    expect(rows[0]?.sealed_response).not.toContain(body.saml_response.slice(0, 40))
    const { rows: entries } = await server.deps.db.pool.query(
      'select email, operation, status from audit_entries where target = $1',
      [id],
    )
    expect(entries).toEqual([{ email: dashboard.email, operation: 'revealRefusedResponse', status: 200 }])
  })

  test('is not shown to viewers', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server, 'viewer')]
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    const { id } = await trace(where, dashboard)
    const answer = await dashboard.ask('POST', `${base(where)}/${id}/reveal_response`)
    expect([answer.status, answer.body.code]).toEqual([403, 'role_not_sufficient'])
  })

  test('goes with the attempt', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    const { id } = await trace(where, dashboard)
    await server.deps.db.pool.query('delete from sso_sessions where id = $1', [id])
    const { rows } = await server.deps.db.pool.query('select 1 from refused_responses where session_id = $1', [id])
    expect(rows).toEqual([])
  })
})

describe('replaying it', () => {
  test('is refused for the same reason while nothing has changed, however late', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    const { id, finding, checks } = await trace(where, dashboard)
    server.clock.advance(60 * 60_000)
    const { body } = await dashboard.ask<Replay>('POST', `${base(where)}/${id}/replay`)
    expect(body).toMatchObject({ outcome: 'refused', finding, checks, profile: null })
  })

  test('is accepted once the connection was put right, and signs nobody in', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    const renewed = await createIdp()
    await where.signIn({
      change: { sign: { response: true, assertion: true, key: renewed.key, certificate: renewed.certificate } },
    })
    const { id, finding } = await trace(where, dashboard)
    expect(finding?.code).toBe('wrong_signature')
    const saved = await where.environment.api('PUT', `/connections/${where.connection.id}`, {
      body: { idp_metadata_xml: renewed.metadata },
    })
    expect(saved.status).toBe(200)
    const before = await readLog(where.environment.api)
    const { body } = await dashboard.ask<Replay>('POST', `${base(where)}/${id}/replay`)
    expect(body).toMatchObject({
      outcome: 'accepted',
      finding: null,
      profile: { email: 'todd@example.com', first_name: 'Todd', groups: ['Engineering'] },
    })
    expect(body.checks.every(({ outcome }) => outcome === 'passed')).toBe(true)
    expect(await readLog(where.environment.api)).toEqual(before)
    const { rows } = await server.deps.db.pool.query('select 1 from profiles where environment_id = $1', [
      where.environment.id,
    ])
    expect(rows).toEqual([])
    expect((await trace(where, dashboard)).state).toBe('failed')
  })

  test('tells when the connection signs nobody in any more', async () => {
    const [where, dashboard] = [await createSsoTenant(server), await openDashboard(server)]
    await where.signIn({ change: { audience: 'urn:somebody-else' } })
    const { id } = await trace(where, dashboard)
    await server.deps.db.pool.query(`update connections set state = 'inactive' where id = $1`, [where.connection.id])
    const { body } = await dashboard.ask<Replay>('POST', `${base(where)}/${id}/replay`)
    expect([body.outcome, body.finding?.code]).toEqual(['refused', 'connection_inactive'])
  })
})
