import { describe, expect, test } from 'vitest'
import { eventNames } from '#contracts/event-names.ts'
import { bodyNeeded, classify } from './classify.ts'

const failed = { error: { code: 'wrong_audience', message: 'no' } }

describe('an event counts as', () => {
  test.each([
    ['authentication.sso_failed', failed, ['sign_ins', 'sso', 'failed', 'wrong_audience']],
    ['authentication.magic_auth_succeeded', {}, ['sign_ins', 'magic_auth', 'succeeded', '']],
    ['authentication.sso_timed_out', { error: null }, ['sign_ins', 'sso', 'timed_out', '']],
    ['user.created', {}, ['users', '', 'created', '']],
    ['connection.activated', { connection_type: 'OktaSAML' }, ['connections', 'OktaSAML', 'activated', '']],
    ['dsync.user.updated', {}, ['directory_changes', 'user', 'updated', '']],
    ['dsync.group.user_added', {}, ['directory_changes', 'membership', 'added', '']],
    ['dsync.activated', {}, ['directory_changes', 'directory', 'activated', '']],
    ['dsync.token.revoked', {}, ['directory_changes', 'token', 'revoked', '']],
  ])('%s', (type, data, [metric, kind, outcome, reason]) =>
    expect(classify(type, data)).toEqual({ metric, kind, outcome, reason }),
  )

  test('nothing when it says nothing about the five', () => {
    for (const type of ['session.created', 'authentication.radar_risk_detected', 'connection.saml_certificate_renewed'])
      expect(classify(type, {})).toBeUndefined()
  })
})

test('only bodies that are asked for are looked at', () => {
  const others = eventNames.filter((name) => !bodyNeeded.test(name))
  expect(others.map((name) => classify(name, undefined))).toEqual(others.map((name) => classify(name, failed)))
})

test('labels are short, whatever an identity provider said', () => {
  const data = { error: { code: 'x'.repeat(10_000) } }
  expect(classify('authentication.sso_failed', data)?.reason).toHaveLength(100)
})
