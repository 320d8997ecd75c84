import { expect, test } from 'vitest'
import type { SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'
import { traceDocument } from './trace-document.ts'

const hostile = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">'

const attempt: SignInAttemptTrace = {
  object: 'sign_in_attempt',
  id: 'sso_session_1',
  organization_id: 'org_1',
  connection_id: 'conn_1',
  origin: 'sp',
  state: 'failed',
  email: `ann@example.com${hostile}`,
  error: { code: 'wrong_audience', message: 'no' },
  ip_address: '127.0.0.1',
  user_agent: hostile,
  created_at: '2026-03-01T10:00:00.000Z',
  finished_at: '2026-03-01T10:00:01.000Z',
  timeline: [{ at: '2026-03-01T10:00:00.000Z', step: 'started', facts: { [hostile]: hostile } }],
  checks: [{ name: 'audience', clause: 'SAML core §2.5.1.4', outcome: 'failed' }],
  finding: {
    code: 'wrong_audience',
    check: 'audience',
    clause: 'SAML core §2.5.1.4',
    message: `The response is for ${hostile}.`,
    expected: ['https://sp.test'],
    received: [hostile],
    side: 'identity_provider',
  },
  response_kept: false,
}

test('says what happened, what was checked and what was wrong', () => {
  const text = traceDocument(attempt)
  for (const part of ['sso_session_1', 'https://sp.test', 'SAML core §2.5.1.4', 'identity provider', '10:00:00.000Z'])
    expect(text).toContain(part)
  expect(traceDocument({ ...attempt, finding: null, checks: [] })).not.toContain('Why it failed')
})

test('shows what others said as text, and asks nobody for anything', () => {
  const text = traceDocument(attempt)
  const marks = [...text.matchAll(/<(\w+)/g)].map(([, name]) => name)
  expect(new Set(marks)).toEqual(
    new Set([
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'h1',
      'h2',
      'dl',
      'dt',
      'dd',
      'table',
      'tr',
      'td',
      'pre',
    ]),
  )
  expect(text).toContain("default-src 'none'")
})
