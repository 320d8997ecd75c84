import { expect, test } from 'vitest'
import { lookedUp } from './looked-up.ts'

const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e'

test.each([
  ['a membership', 'om_01HXYZ', { membership: 'om_01HXYZ' }],
  ['a SCIM request', 'scim_request_01HXYZ', { elsewhere: 'scim_request_01HXYZ' }],
  ['a session', 'session_01HXYZ', { elsewhere: 'session_01HXYZ' }],
  ['an entry of the audit trail', 'audit_entry_01HXYZ', { elsewhere: 'audit_entry_01HXYZ' }],
  ['a session of a connection, which has a page', 'sso_session_01HXYZ', {}],
  ['a request id', uuid, { request: uuid }],
  ['a request id in capitals', uuid.toUpperCase(), { request: uuid }],
  ['a request id that is not whole yet', uuid.slice(0, -1), {}],
  ['a prefix alone', 'om_', {}],
  ['a word that begins alike', 'omega', {}],
  ['an id with a page of its own', 'org_1', {}],
])('%s is looked up as what it is', (_kind, text, expected) => expect(lookedUp(text)).toEqual(expected))
