import type { DirectoryGroup, DirectoryUser } from '#contracts/directory-users.ts'
import type { LogEntry } from './scim.ts'

export interface Snapshot {
  readonly event_cursor: string | null
  readonly groups: readonly DirectoryGroup[]
  readonly users: readonly DirectoryUser[]
  readonly memberships: readonly { readonly group_id: string; readonly user_id: string }[]
}

/** What an application keeps of a directory when it follows the documentation to the letter. */
export class Replica {
  readonly #groups = new Map<string, unknown>()
  readonly #users = new Map<string, unknown>()
  readonly #memberships = new Map<string, { group_id: string; user_id: string }>()

  constructor(snapshot?: Snapshot) {
    for (const group of snapshot?.groups ?? []) this.#groups.set(group.id, group)
    for (const user of snapshot?.users ?? []) this.#users.set(user.id, user)
    for (const { group_id, user_id } of snapshot?.memberships ?? []) this.#add(group_id, user_id)
  }

  /** Refuses what a careful application would take for a lost or repeated event. */
  apply({ event, data: { previous_attributes: _previous, ...data } }: LogEntry): void {
    const { id } = data
    if (event === 'dsync.user.created') this.#put(this.#users, id, data, false)
    if (event === 'dsync.user.updated') this.#put(this.#users, id, data, true)
    if (event === 'dsync.user.deleted') this.#drop(this.#users, id)
    if (event === 'dsync.group.created') this.#put(this.#groups, id, data, false)
    if (event === 'dsync.group.updated') this.#put(this.#groups, id, data, true)
    if (event === 'dsync.group.deleted') this.#drop(this.#groups, id)
    if (event === 'dsync.group.user_added') this.#add(data.group.id, data.user.id)
    if (event === 'dsync.group.user_removed' && !this.#memberships.delete(`${data.group.id} ${data.user.id}`))
      throw new Error(`${data.user.id} was not a member of ${data.group.id}.`)
  }

  get state() {
    const values = <T>(map: Map<string, T>) =>
      [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
    return { groups: values(this.#groups), users: values(this.#users), memberships: values(this.#memberships) }
  }

  #put(map: Map<string, unknown>, id: string, data: unknown, known: boolean): void {
    if (map.has(id) !== known) throw new Error(`${id} was ${known ? 'not known' : 'known already'}.`)
    map.set(id, data)
  }

  #drop(map: Map<string, unknown>, id: string): void {
    if (!map.delete(id)) throw new Error(`${id} was not known.`)
    for (const [key, { group_id, user_id }] of this.#memberships)
      if (group_id === id || user_id === id) this.#memberships.delete(key)
  }

  #add(group_id: string, user_id: string): void {
    if (!this.#groups.has(group_id) || !this.#users.has(user_id) || this.#memberships.has(`${group_id} ${user_id}`))
      throw new Error(`${user_id} cannot join ${group_id}.`)
    this.#memberships.set(`${group_id} ${user_id}`, { group_id, user_id })
  }
}

export function stateOf({ groups, users, memberships }: Snapshot) {
  return { groups: [...groups], users: [...users], memberships: [...memberships] }
}
