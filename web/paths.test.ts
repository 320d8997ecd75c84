import { describe, expect, test } from 'vitest'
import { pathOfId, pathsOf } from './paths.ts'

const paths = pathsOf('environment_1')

describe('an id leads to its page', () => {
  test.each([
    ['org_1', '/environment_1/organizations/org_1'],
    ['org_domain_1', '/environment_1/organizations'],
    ['conn_1', '/environment_1/connections/conn_1'],
    ['user_1', '/environment_1/users/user_1'],
    ['sso_session_1', '/environment_1/sign-in-attempts/sso_session_1'],
    ['directory_1', '/environment_1/directories/directory_1'],
    ['directory_user_1', '/environment_1/directory-users/directory_user_1'],
    ['directory_group_1', '/environment_1/directory-groups/directory_group_1'],
    ['event_1', '/environment_1/events?open=event_1'],
    ['we_1', '/environment_1/webhooks/we_1'],
    ['log_stream_1', '/environment_1/log-streams/log_stream_1'],
    ['client_1', '/environment_1/api-keys'],
    ['test_sso_run_1', '/environment_1/test-sso'],
    ['nothing_1', undefined],
  ])('%s', (id, path) => expect(pathOfId(paths, id)).toBe(path))
})
