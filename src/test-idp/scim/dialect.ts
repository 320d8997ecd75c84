import type { JsonObject } from '#protocols/scim/json.ts'
import type { AttributeName, IdOf, Mapping } from './facts.ts'
import type { Message } from './wire.ts'
import type { Employee } from './workforce.ts'

/** A question a client asks when somebody presses *Test*, and what the answer must be. */
export interface Probe {
  readonly path: string
  readonly wants: 'list' | 'empty list' | 'service provider configuration'
}

/** A person to be written, and what the server calls others. */
export interface Subject {
  readonly employee: Employee
  readonly active: boolean
  /** The server's id, once it has given one. */
  readonly id: string
  readonly idOf: IdOf
  /** What the server showed last, where the client reads before it writes; else undefined. */
  readonly current: JsonObject | undefined
}

export interface PeopleDialect extends Mapping {
  /** Look-ups, in the order they are tried until one finds somebody. */
  find(employee: Employee): readonly string[]
  create(employee: Employee, idOf: IdOf): JsonObject
  /** Whether it reads the person before it writes. */
  readonly readsFirst: boolean
  /** Writes what changed. Several requests where one is not the client's habit. */
  change(subject: Subject, changed: readonly AttributeName[]): readonly Message[]
  /** Takes access away, or gives it back, as `subject.active` says. */
  activate(subject: Subject): readonly Message[]
  /** What happens to people who leave: the access ends, or the person is deleted. */
  readonly leavers: 'deactivated' | 'deleted'
  /** Whether people are deleted in the end. */
  readonly deletes: boolean
  /** Whether a value that somebody no longer has is taken away at the server too. */
  readonly clears: boolean
  /** Whether a create that took too long is sent once more. */
  readonly repeatsCreate: boolean
}

export interface Member {
  readonly id: string
  readonly userName: string
}

/** A group at the server, with everybody who is to be in it. */
export interface RemoteTeam {
  readonly id: string
  readonly name: string
  readonly externalId: string
  readonly members: readonly Member[]
}

export interface GroupDialect {
  find(name: string): string
  create(team: Omit<RemoteTeam, 'id'>): JsonObject
  /** Whether a new group comes with its members, instead of getting them afterwards. */
  readonly createsWithMembers: boolean
  readonly mapsExternalId: boolean
  /** Read before anything is written, when set. */
  readFirst?(id: string): string
  /** Asks whether somebody is a member, without reading the members. */
  ask?(id: string, member: string): string
  rename(team: RemoteTeam): readonly Message[]
  /** Moves people in and out; `team` is the group as it is to be. */
  move(team: RemoteTeam, added: readonly Member[], removed: readonly Member[]): readonly Message[]
  /** Sends the whole list again, where an administrator can ask for that. */
  pushNow?(team: RemoteTeam): Message
}

/** The habits of one client, as far as a server can see them. */
export interface Dialect {
  readonly title: string
  readonly description: string
  readonly headers: Readonly<Record<string, string>>
  readonly probes: readonly Probe[]
  /** Whether it makes, changes and removes a person and a group when it is switched on, and gives up if that fails. */
  readonly rehearses: boolean
  /** How many resources it asks for at once. */
  readonly pageSize: number
  readonly users: PeopleDialect
  readonly groups: GroupDialect
}
