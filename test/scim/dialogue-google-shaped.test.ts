import { describe, expect, test } from 'vitest'
import { createScimClient, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

/** Google Workspace speaks no SCIM; scheduled jobs copy it: they read both sides, compare, and send what differs. */
interface Workspace {
  readonly users: Record<
    string,
    { readonly id: string; readonly suspended: boolean; readonly aliases?: readonly string[] }
  >
  readonly groups: Record<string, readonly string[]>
}

const headers = { accept: '*/*', 'content-type': 'application/scim+json' }
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'

function resourceOf(email: string, { id, suspended, aliases = [] }: Workspace['users'][string]) {
  const types = [{ value: email, type: 'work', primary: true }, ...aliases.map((value) => ({ value, type: 'other' }))]
  return {
    schemas: [core],
    userName: email,
    externalId: id,
    name: { givenName: email[0], familyName: 'Lee' },
    emails: types,
    active: !suspended,
  }
}

interface Listed {
  readonly id: string
  readonly userName: string
  readonly displayName: string
}

async function readAll(client: ScimClient, path: string): Promise<Listed[]> {
  const all: Listed[] = []
  for (let cursor = ''; ;) {
    const { body } = await client.send('GET', `${path}?count=2&cursor=${cursor}`, undefined, headers)
    all.push(...body.Resources)
    if (body.nextCursor === undefined) return all
    cursor = body.nextCursor
  }
}

async function synchronise(client: ScimClient, workspace: Workspace): Promise<void> {
  const users = await readAll(client, '/Users')
  const ids = new Map(users.map(({ userName, id }) => [userName, id]))
  for (const [email, user] of Object.entries(workspace.users)) {
    const id = ids.get(email)
    const { status, body } = await client.send(
      id === undefined ? 'POST' : 'PUT',
      id === undefined ? '/Users' : `/Users/${id}`,
      resourceOf(email, user),
      headers,
    )
    expect([200, 201]).toContain(status)
    ids.set(email, body.id)
  }
  for (const { userName, id } of users)
    if (!(userName in workspace.users))
      expect((await client.send('DELETE', `/Users/${id}`, undefined, headers)).status).toBe(204)

  const groups = await readAll(client, '/Groups')
  for (const [displayName, emails] of Object.entries(workspace.groups)) {
    const members = emails.map((email) => ({ value: ids.get(email) }))
    const known = groups.find((each) => each.displayName === displayName)
    if (known)
      await client.send(
        'PATCH',
        `/Groups/${known.id}`,
        patch({ op: 'replace', path: 'members', value: members }),
        headers,
      )
    else await client.send('POST', '/Groups', { schemas: [group], displayName, members }, headers)
  }
  for (const { displayName, id } of groups)
    if (!(displayName in workspace.groups)) await client.send('DELETE', `/Groups/${id}`, undefined, headers)
}

describe('a job that copies Google Workspace', () => {
  const first: Workspace = {
    users: {
      'a@corp.example': { id: '101', suspended: false },
      'b@corp.example': { id: '102', suspended: false },
      'c@corp.example': { id: '103', suspended: true },
    },
    groups: {
      'eng@corp.example': ['a@corp.example', 'b@corp.example'],
      'all@corp.example': ['a@corp.example', 'b@corp.example', 'c@corp.example'],
    },
  }

  test('brings everybody over, and what it repeats is no news', async () => {
    const client = await createScimClient(server, { type: 'generic scim v2.0', name: 'Google' })
    await synchronise(client, first)
    expect(await seenByApplication(client)).toEqual({
      users: {
        'a@corp.example': 'active all@corp.example eng@corp.example',
        'b@corp.example': 'active all@corp.example eng@corp.example',
      },
      groups: ['all@corp.example', 'eng@corp.example'],
    })
    const before = await client.log()
    await synchronise(client, first)
    expect(await client.log()).toEqual(before)
  })

  test('carries suspensions, returns, aliases, moves and departures over', async () => {
    const client = await createScimClient(server, { type: 'generic scim v2.0', name: 'Google' })
    await synchronise(client, first)
    const before = (await newsOf(client)).length
    await synchronise(client, {
      users: {
        'b@corp.example': { id: '102', suspended: true },
        'c@corp.example': { id: '103', suspended: false, aliases: ['cy@corp.example'] },
        'd@corp.example': { id: '104', suspended: false },
      },
      groups: { 'all@corp.example': ['b@corp.example', 'c@corp.example', 'd@corp.example'] },
    })
    expect(await seenByApplication(client)).toEqual({
      users: { 'c@corp.example': 'active all@corp.example', 'd@corp.example': 'active all@corp.example' },
      groups: ['all@corp.example'],
    })
    expect((await newsOf(client)).slice(before)).toEqual([
      'user.deleted b@corp.example b Lee',
      'user.created c@corp.example c Lee',
      'group.user_added c@corp.example all@corp.example',
      'user.created d@corp.example d Lee',
      'user.deleted a@corp.example a Lee',
      'group.user_added d@corp.example all@corp.example',
      'group.deleted eng@corp.example',
    ])
  })
})
