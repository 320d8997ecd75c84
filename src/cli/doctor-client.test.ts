import { expect, test } from 'vitest'
import type { Environment } from '#contracts/environments.ts'
import { findClientIssues } from './doctor-client.ts'

const environment: Environment = {
  object: 'environment',
  id: 'environment_1',
  name: 'Staging',
  kind: 'staging',
  client_id: 'client_1',
  keep_inactive_directory_users: false,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
}
const ours = { environment }
const unknown = { environment: undefined }
const client = { apiKey: 'sk_test_1', clientId: 'client_1', hostname: 'localhost', port: '4100' }

test.each([
  ['all agrees', client, ours, []],
  ['our key would go to the cloud', { ...client, hostname: undefined }, ours, ['SDK_POINTS_TO_CLOUD']],
  ['our key is sent to the cloud', { ...client, hostname: 'api.workos.com' }, ours, ['SDK_POINTS_TO_CLOUD']],
  ['a key of the cloud, for the cloud', { ...client, hostname: undefined }, unknown, []],
  ['a key of the cloud would come to us', client, unknown, ['API_KEY_UNKNOWN']],
  ['the client id of another environment', { ...client, clientId: 'client_2' }, ours, ['CLIENT_ID_MISMATCH']],
  ['no client id', { ...client, clientId: undefined }, ours, []],
  ['no key', { ...client, apiKey: undefined }, undefined, []],
  ['nobody to ask', { ...client, hostname: undefined }, undefined, []],
])('%s', (_what, app, known, codes) => {
  expect(findClientIssues(app, known, { port: 4100 }).map(({ code }) => code)).toEqual(codes)
})
