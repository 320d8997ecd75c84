import { expect } from 'vitest'
import type { DirectoryGroup, DirectoryUser, DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import type { Page } from '#contracts/list.ts'
import type { LogEntry, ScimClient } from './scim.ts'

/** A directory as an application has it in its own database. */
export interface DirectoryState {
  readonly users: Readonly<Record<string, DirectoryUser>>
  readonly groups: Readonly<Record<string, DirectoryGroup>>
  /** `group user`, sorted. */
  readonly memberships: readonly string[]
}

/**
 * Builds the state from the log alone, as an application does that keeps a copy. Fails where the log does not add up:
 * somebody is created twice, a membership is of nobody, an update or a membership tells of a state that never was.
 */
export function replay(log: readonly LogEntry[]): DirectoryState {
  const users = new Map<string, DirectoryUser>()
  const groups = new Map<string, DirectoryGroup>()
  const memberships = new Set<string>()
  const forget = (id: string) => {
    for (const each of memberships) if (each.split(' ').includes(id)) memberships.delete(each)
  }
  for (const [i, { event, data }] of log.entries()) {
    const where = `event ${i}: ${event} ${data.id ?? data.user?.id}`
    switch (event) {
      case 'dsync.user.created':
      case 'dsync.group.created': {
        const known: Map<string, unknown> = event === 'dsync.user.created' ? users : groups
        expect(known.has(data.id), `${where} is new`).toBe(false)
        known.set(data.id, data)
        break
      }
      case 'dsync.user.updated':
      case 'dsync.group.updated': {
        const known: Map<string, unknown> = event === 'dsync.user.updated' ? users : groups
        const { previous_attributes: previous, ...now } = data
        expect(known.get(data.id), `${where} was as it says`).toEqual(undo(now, previous))
        known.set(data.id, now)
        break
      }
      case 'dsync.user.deleted':
        expect(users.delete(data.id), `${where} was there`).toBe(true)
        forget(data.id)
        break
      case 'dsync.group.deleted':
        expect(groups.get(data.id), `${where} was as it says`).toEqual(data)
        groups.delete(data.id)
        forget(data.id)
        break
      case 'dsync.group.user_added':
      case 'dsync.group.user_removed': {
        const key = `${data.group.id} ${data.user.id}`
        expect(data.user, `${where} carries the user of that moment`).toEqual(users.get(data.user.id))
        expect(data.group, `${where} carries the group of that moment`).toEqual(groups.get(data.group.id))
        expect(memberships.has(key), `${where} in ${data.group.id} is a change`).toBe(
          event === 'dsync.group.user_removed',
        )
        if (event === 'dsync.group.user_added') memberships.add(key)
        else memberships.delete(key)
        break
      }
    }
  }
  return {
    users: Object.fromEntries(users),
    groups: Object.fromEntries(groups),
    memberships: [...memberships].toSorted(),
  }
}

/** The entity before an update: what the event says changed is put back. Times are not told. */
function undo(now: Record<string, unknown>, previous: Record<string, unknown>): Record<string, unknown> {
  const before: Record<string, unknown> = { ...now, updated_at: expect.any(String) }
  for (const [key, value] of Object.entries(previous)) {
    const isDeep = key === 'raw_attributes' || key === 'custom_attributes'
    before[key] = isDeep ? undoMembers(now[key], value) : value
  }
  return before
}

/** A member that is new was null, which is the same as absent. */
function undoMembers(now: unknown, previous: unknown): Record<string, unknown> {
  const all = { ...(now as object), ...(previous as object) } // attributes are objects
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}

/** The state as the API answers it. */
export async function readState(client: ScimClient): Promise<DirectoryState> {
  const users = await readAll<DirectoryUserWithGroups>(client, 'directory_users')
  const groups = await readAll<DirectoryGroup>(client, 'directory_groups')
  return {
    users: Object.fromEntries(users.map(({ groups: _groups, ...user }) => [user.id, user])),
    groups: Object.fromEntries(groups.map((group) => [group.id, group])),
    memberships: users.flatMap((user) => user.groups.map((group) => `${group.id} ${user.id}`)).toSorted(),
  }
}

async function readAll<T extends { readonly id: string }>(client: ScimClient, path: string): Promise<T[]> {
  const all: T[] = []
  for (let after = ''; ;) {
    const query = `directory=${client.directory.id}&limit=100${after}`
    const { body } = await client.environment.api<Page<T>>('GET', `/${path}?${query}`)
    all.push(...body.data)
    if (body.list_metadata.after === null) return all
    after = `&after=${body.list_metadata.after}`
  }
}

/** The log tells exactly what the API shows: nothing is missing, doubled or out of order. */
export async function expectLogToTellState(client: ScimClient): Promise<DirectoryState> {
  const state = await readState(client)
  const told = replay(await client.log())
  expect(told).toEqual(state)
  return state
}
