import { expect } from 'vitest'
import type { CreatedDirectory } from '#contracts/directories.ts'
import type { DirectoryGroup, DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { TestEnvironment, TestServer } from './server.ts'

export interface ScimAnswer {
  readonly status: number
  readonly headers: Headers
  // SCIM documents are free-form; tests say what they expect of them.
  readonly body: any // oxlint-disable-line typescript/no-explicit-any
}

/** An identity provider's side of one directory. */
export interface ScimClient {
  readonly directory: CreatedDirectory
  readonly environment: TestEnvironment
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer>
  /** The log of the environment, oldest first: every `dsync` event but those of tokens. */
  log(): Promise<LogEntry[]>
}

export interface LogEntry {
  readonly id: string
  readonly event: string
  readonly data: any // oxlint-disable-line typescript/no-explicit-any
}

export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const enterpriseUser = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export const patch = (...Operations: unknown[]) => ({ schemas: [patchOp], Operations })

export const person = (userName: string, more: object = {}) => ({
  schemas: [coreUser],
  userName,
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [{ value: userName, type: 'work', primary: true }],
  active: true,
  ...more,
})

export const dsyncEvents = [
  'dsync.activated',
  'dsync.deleted',
  'dsync.group.created',
  'dsync.group.deleted',
  'dsync.group.updated',
  'dsync.group.user_added',
  'dsync.group.user_removed',
  'dsync.user.created',
  'dsync.user.deleted',
  'dsync.user.updated',
].join(',')

/** Creates a user as an identity provider would. @returns the id. */
export async function addUser(client: ScimClient, userName: string, more: object = {}): Promise<string> {
  const { status, body } = await client.send('POST', '/Users', person(userName, more))
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

/** Creates a group with members. @returns the id. */
export async function addGroup(client: ScimClient, displayName: string, ...ids: string[]): Promise<string> {
  const members = ids.map((value) => ({ value }))
  const { status, body } = await client.send('POST', '/Groups', { schemas: [coreGroup], displayName, members })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

/** A member as a group shows it. */
export const memberShown = ({ directory }: ScimClient, value: string, display: string) => ({
  value,
  $ref: `${directory.endpoint}/Users/${value}`,
  type: 'User',
  display,
})

/** A group as its member shows it. */
export const groupShown = ({ directory }: ScimClient, value: string, display: string) => ({
  value,
  $ref: `${directory.endpoint}/Groups/${value}`,
  type: 'direct',
  display,
})

export const filtered = (path: string, filter: string, more = '') =>
  `${path}?filter=${encodeURIComponent(filter)}${more}`

/** A SCIM error as it is expected. */
export const refusal = (status: number, scimType?: string) => ({
  status,
  body: { status: String(status), ...(scimType !== undefined && { scimType }), detail: expect.any(String) },
})

/** What the application sees of a directory through the API: people with their state and groups, and all groups. */
export async function seenByApplication({ directory, environment }: ScimClient): Promise<{
  readonly users: Record<string, string>
  readonly groups: string[]
}> {
  const users = await environment.api<Page<DirectoryUserWithGroups>>(
    'GET',
    `/directory_users?directory=${directory.id}&limit=100`,
  )
  const groups = await environment.api<Page<DirectoryGroup>>(
    'GET',
    `/directory_groups?directory=${directory.id}&limit=100`,
  )
  const shown = users.body.data.map((user): [string, string] => [
    user.email ?? user.id,
    [user.state, ...user.groups.map(({ name }) => name).toSorted()].join(' '),
  ])
  return { users: Object.fromEntries(shown.toSorted()), groups: groups.body.data.map(({ name }) => name).toSorted() }
}

/** The log as lines: the event without `dsync.`, and whom it is about. */
export async function newsOf(client: ScimClient): Promise<string[]> {
  const log = await client.log()
  return log.map(({ event, data }) =>
    [event.slice('dsync.'.length), data.user?.email ?? data.email, data.group?.name ?? data.name]
      .filter(Boolean)
      .join(' '),
  )
}

/** A directory with the token an identity provider would be given: of an organization and a tenant of its own, unless given. */
export async function createScimClient(
  server: TestServer,
  body: object = {},
  tenant?: TestEnvironment,
): Promise<ScimClient> {
  return openDirectory(server, tenant ?? (await server.environment()), body)
}

/** Another directory of the same application: its neighbour in every table. */
export function createSibling(server: TestServer, { environment }: ScimClient): Promise<ScimClient> {
  return openDirectory(server, environment, {})
}

async function openDirectory(server: TestServer, environment: TestEnvironment, body: object): Promise<ScimClient> {
  const organization = await environment.api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
  const { body: directory } = await environment.api<CreatedDirectory>('POST', '/directories', {
    body: { organization_id: organization.body.id, type: 'okta scim v2.0', name: 'Okta', ...body },
  })
  const base = server.url + new URL(directory.endpoint).pathname
  return {
    directory,
    environment,
    async send(method, path, payload, headers = {}) {
      const response = await fetch(base + path, {
        method,
        headers: {
          authorization: `Bearer ${directory.bearer_token}`,
          ...(payload !== undefined && { 'content-type': 'application/scim+json' }),
          ...headers,
        },
        ...(payload !== undefined && { body: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
    },
    async log() {
      const entries: LogEntry[] = []
      let after = ''
      for (;;) {
        const { body: page } = await environment.api<{ data: LogEntry[]; list_metadata: { after: string | null } }>(
          'GET',
          `/events?limit=100&events=${dsyncEvents}${after}`,
        )
        entries.push(...page.data)
        if (page.list_metadata.after === null) return entries
        after = `&after=${page.list_metadata.after}`
      }
    },
  }
}
