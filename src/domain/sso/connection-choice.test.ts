import { describe, expect, test } from 'vitest'
import { type Candidate, chooseConnection } from './connection-choice.ts'

function candidate(change: Partial<Candidate>): Candidate {
  return {
    id: 'conn_1',
    organization_id: 'org_1',
    external_key: 'key',
    connection_type: 'OktaSAML',
    state: 'active',
    idp_entity_id: 'https://idp.test',
    idp_sso_redirect_url: 'https://idp.test/sso',
    idp_sso_post_url: null,
    idp_wants_signed_requests: false,
    options: {},
    ...change,
  }
}

const active = candidate({ id: 'conn_active' })
const waiting = candidate({ id: 'conn_waiting', state: 'validating' })
const off = candidate({ id: 'conn_off', state: 'inactive' })
const empty = candidate({ id: 'conn_empty', state: 'inactive', idp_entity_id: null })

describe('choosing a connection', () => {
  test.each([
    ['the named connection', { connection: 'conn_active' }, [active], 'conn_active'],
    ['a named connection that waits for its first sign-in', { connection: 'conn_waiting' }, [waiting], 'conn_waiting'],
    [
      'the active one of an organization before one that waits',
      { organization: 'org_1' },
      [waiting, active],
      'conn_active',
    ],
    ['the waiting one when none is active', { organization: 'org_1' }, [off, waiting], 'conn_waiting'],
    ['the connection of the organization that owns a domain', { domain: 'acme.test' }, [active], 'conn_active'],
  ] as const)('takes %s', (_claim, selector, found, id) => {
    expect(chooseConnection(selector, found)).toMatchObject({ ok: true, value: { id } })
  })

  test.each([
    ['no selector', {}, [], 'invalid_connection_selector'],
    ['two selectors', { connection: 'conn_1', organization: 'org_1' }, [active], 'invalid_connection_selector'],
    ['a provider', { provider: 'GoogleOAuth' }, [], 'connection_strategy_invalid'],
    ['an unknown connection', { connection: 'conn_x' }, [], 'connection_invalid'],
    ['a connection that is switched off', { connection: 'conn_off' }, [off], 'connection_invalid'],
    ['a connection without an identity provider', { connection: 'conn_empty' }, [empty], 'connection_unlinked'],
    ['an organization without connections', { organization: 'org_x' }, [], 'organization_invalid'],
    [
      'an organization whose only connection is not configured',
      { organization: 'org_1' },
      [empty],
      'connection_unlinked',
    ],
    [
      'two active connections',
      { organization: 'org_1' },
      [active, candidate({ id: 'conn_2' })],
      'ambiguous_connection_selector',
    ],
    [
      'two waiting connections',
      { organization: 'org_1' },
      [waiting, candidate({ id: 'conn_2', state: 'validating' })],
      'ambiguous_connection_selector',
    ],
  ] as const)('refuses %s', (_claim, selector, found, error) => {
    const choice = chooseConnection(selector, found)
    expect(choice).toMatchObject({ ok: false, error: { error } })
    expect(!choice.ok && choice.error.description).toMatch(/\.$/)
  })
})
