import type { Random } from '#protocols/scim/testdata/random.ts'
import { coreGroup, coreUser, patch, patchOp } from './scim.ts'

type Attributes = Readonly<Record<string, unknown>>

/** What a directory holds, in its simplest form: what the SCIM service has to look like from outside. */
interface ModelUser {
  readonly attributes: Attributes
}

interface ModelGroup {
  readonly attributes: Attributes
  /** Who was first in the group's lifetime decides what a second group of this name gets. */
  readonly identity: string
  readonly members: ReadonlySet<string>
}

export interface Step {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly expected: number
  /** What the model becomes; `id` is that of the answer. */
  readonly commit: (id: string) => void
}

const names = ['ann', 'Bob', 'çiğdem', 'Dan', 'Édith']
const titles = ['Lead', 'Engineer', undefined, 'Chief 50%']
const groupNames = ['Eng', 'Ops', 'Élite']
const nothing = () => undefined

const fold = (text: unknown) => String(text).toLowerCase()

/** A service in memory, and the random calls made to it and to the real one. Ids are those of the real one. */
export class ScimModel {
  readonly users = new Map<string, ModelUser>()
  readonly groups = new Map<string, ModelGroup>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A call the model knows the outcome of. */
  next(): Step {
    const random = this.#random
    const steps = [
      () => this.#createUser(),
      () => this.#createUser(),
      () => this.#putUser(),
      () => this.#patchUser(),
      () => this.#patchUser(),
      () => this.#activate(),
      () => this.#activate(),
      () => this.#createGroup(),
      () => this.#patchMembers(),
      () => this.#patchMembers(),
      () => this.#patchMembers(),
      () => this.#putGroup(),
      () => this.#putGroup(),
      () => this.#renameGroup(),
      () => (random.chance(0.4) ? this.#delete('Users') : this.#patchMembers()),
      () => (random.chance(0.3) ? this.#delete('Groups') : this.#patchMembers()),
      () => this.#refused(),
    ] as const
    return random.pick(steps)()
  }

  /** Resources as they are answered, without what only the server says. */
  shownUsers(): Record<string, unknown>[] {
    return [...this.users].map(([id, { attributes }]) => {
      const groups = [...this.groups].filter(([, group]) => group.members.has(id)).map(([value]) => value)
      return { id, ...attributes, ...(groups.length > 0 && { groups: groups.toSorted() }) }
    })
  }

  shownGroups(): Record<string, unknown>[] {
    return [...this.groups].map(([id, { attributes, members }]) => ({
      id,
      ...attributes,
      ...(members.size > 0 && { members: [...members].toSorted() }),
    }))
  }

  #document(): Record<string, unknown> {
    const random = this.#random
    const name = random.pick(['ann', ...names])
    const title = random.pick([undefined, ...titles])
    return {
      schemas: [coreUser],
      userName: random.chance(0.2) ? name.toUpperCase() : name,
      name: { givenName: name, familyName: random.pick(['Lee', 'Öz']) },
      // Sometimes somebody else's address.
      emails: [{ value: `${random.chance(0.85) ? name : 'ann'}@corp.example`, type: 'work', primary: true }],
      active: random.chance(0.8),
      ...(title !== undefined && { title }),
      ...(random.chance(0.3) && { externalId: `x-${name}` }),
    }
  }

  /** Why a document cannot be stored for this user. */
  #conflict(document: Attributes, self?: string): boolean {
    const address = (attributes: Attributes) => fold((attributes['emails'] as [{ value: string }])[0].value) // the model's documents have one
    return [...this.users].some(
      ([id, { attributes }]) =>
        id !== self &&
        (fold(attributes['userName']) === fold(document['userName']) ||
          (attributes['active'] === true && document['active'] === true && address(attributes) === address(document))),
    )
  }

  #storeUser(id: string, document: Attributes): void {
    const { schemas: _schemas, ...attributes } = document
    this.users.set(id, { attributes })
  }

  #createUser(): Step {
    const body = this.#document()
    const namesake = [...this.users].find(
      ([, { attributes }]) => fold(attributes['userName']) === fold(body['userName']),
    )
    const isTaken = namesake?.[1].attributes['active'] === true || this.#conflict(body, namesake?.[0])
    return {
      method: 'POST',
      path: '/Users',
      body,
      expected: isTaken ? 409 : 201,
      commit: isTaken ? nothing : (id) => this.#storeUser(id, body),
    }
  }

  #putUser(): Step {
    const id = this.#pickUser()
    const body = this.#document()
    const expected = !this.users.has(id) ? 404 : this.#conflict(body, id) ? 409 : 200
    return {
      method: 'PUT',
      path: `/Users/${id}`,
      body,
      expected,
      commit: expected === 200 ? () => this.#storeUser(id, body) : nothing,
    }
  }

  #patchUser(): Step {
    const id = this.#pickUser()
    const title = this.#random.pick(['Lead', 'Engineer', 'Boss'])
    const familyName = this.#random.pick(['Lee', 'Ng'])
    const [operation, apply] = this.#random.pick<readonly [object, (user: Attributes) => Attributes]>([
      [{ op: 'replace', path: 'title', value: title }, (user) => ({ ...user, title })],
      [{ op: 'remove', path: 'title' }, ({ title: _title, ...user }) => user],
      [{ op: 'Add', value: { nickName: title } }, (user) => ({ ...user, nickName: title })],
      [
        { op: 'replace', path: 'name', value: { familyName } },
        (user) => ({ ...user, name: { ...(user['name'] as object), familyName } }), // made by #document
      ],
    ])
    const user = this.users.get(id)
    const commit = user ? () => void this.users.set(id, { attributes: apply(user.attributes) }) : nothing
    return { method: 'PATCH', path: `/Users/${id}`, body: patch(operation), expected: user ? 200 : 404, commit }
  }

  #activate(): Step {
    const id = this.#pickUser()
    const active = this.#random.chance(0.5)
    const value = this.#random.pick<unknown>([active, active ? 'True' : 'False'])
    const body = this.#random.pick([
      patch({ op: 'replace', value: { active } }),
      patch({ op: 'Replace', path: 'active', value }),
    ])
    const user = this.users.get(id)
    const expected = !user ? 404 : this.#conflict({ ...user.attributes, active }, id) ? 409 : 200
    const commit = () => void this.users.set(id, { attributes: { ...user?.attributes, active } })
    return { method: 'PATCH', path: `/Users/${id}`, body, expected, commit: expected === 200 ? commit : nothing }
  }

  #createGroup(): Step {
    const displayName = this.#random.pick(['Eng', ...groupNames])
    const externalId = this.#random.chance(0.3) ? `g-${displayName}` : undefined
    const members = this.#pickUsers()
    const attributes = { displayName, ...(externalId !== undefined && { externalId }) }
    const others = [...this.groups.values()]
    const isClaimed = others.some(({ identity }) => identity === (externalId ?? displayName))
    const goesByThisName = (group: ModelGroup) =>
      group.attributes['externalId'] === undefined && fold(group.attributes['displayName']) === fold(displayName)
    const isTaken = isClaimed && (externalId !== undefined || others.some(goesByThisName))
    return {
      method: 'POST',
      path: '/Groups',
      body: { schemas: [coreGroup], ...attributes, members: members.map((value) => ({ value })) },
      expected: isTaken ? 409 : 201,
      commit: isTaken
        ? nothing
        : (id) =>
            void this.groups.set(id, {
              attributes,
              identity: isClaimed ? id : (externalId ?? displayName),
              members: new Set(members.filter((each) => this.users.has(each))),
            }),
    }
  }

  #patchMembers(): Step {
    const id = this.#pickGroup()
    const group = this.groups.get(id)
    const after = new Set(group?.members)
    const operations: object[] = []
    for (let i = this.#random.below(3); i >= 0; i--) operations.push(this.#changeMembers(after))
    return {
      method: 'PATCH',
      path: `/Groups/${id}`,
      body: { schemas: [patchOp], Operations: operations },
      expected: group ? 204 : 404,
      commit: group ? () => void this.groups.set(id, { ...group, members: after }) : nothing,
    }
  }

  #changeMembers(members: Set<string>): object {
    const users = this.#pickUsers()
    const [first = 'nobody'] = users
    const value = users.map((each) => ({ value: each, $ref: null }))
    switch (this.#random.below(5)) {
      case 0:
        members.delete(first)
        return { op: 'remove', path: `members[value eq "${first}"]` }
      case 1:
        for (const each of users) members.delete(each)
        return { op: 'Remove', path: 'members', value }
      case 2:
        members.clear()
        for (const each of users) if (this.users.has(each)) members.add(each)
        return { op: 'replace', path: 'members', value }
      default:
        for (const each of users) if (this.users.has(each)) members.add(each)
        return { op: 'add', path: 'members', value }
    }
  }

  #putGroup(): Step {
    const id = this.#pickGroup()
    const group = this.groups.get(id)
    const displayName = this.#random.pick(['Eng', ...groupNames])
    const members = this.#random.chance(0.5) ? this.#pickUsers() : undefined
    const body = { schemas: [coreGroup], displayName, ...(members && { members: members.map((value) => ({ value })) }) }
    const commit = () =>
      void this.groups.set(id, {
        attributes: { displayName },
        identity: group?.identity ?? '',
        members: members ? new Set(members.filter((each) => this.users.has(each))) : (group?.members ?? new Set()),
      })
    return { method: 'PUT', path: `/Groups/${id}`, body, expected: group ? 200 : 404, commit: group ? commit : nothing }
  }

  #renameGroup(): Step {
    const id = this.#pickGroup()
    const group = this.groups.get(id)
    const displayName = this.#random.pick(['New', ...groupNames])
    const commit = () =>
      void (group && this.groups.set(id, { ...group, attributes: { ...group.attributes, displayName } }))
    const body = patch({ op: 'replace', value: { id, displayName } })
    return { method: 'PATCH', path: `/Groups/${id}`, body, expected: group ? 204 : 404, commit }
  }

  #delete(kind: 'Users' | 'Groups'): Step {
    const id = kind === 'Users' ? this.#pickUser() : this.#pickGroup()
    const isThere = kind === 'Users' ? this.users.has(id) : this.groups.has(id)
    const commit = () => {
      this.users.delete(id)
      this.groups.delete(id)
      for (const [key, group] of this.groups)
        this.groups.set(key, { ...group, members: new Set([...group.members].filter((each) => each !== id)) })
    }
    return { method: 'DELETE', path: `/${kind}/${id}`, expected: isThere ? 204 : 404, commit }
  }

  /** A change with a flaw at its end: none of it may be done. */
  #refused(): Step {
    const flaw = { op: 'replace', path: 'id', value: 'x' }
    const [path, first] = this.#random.pick<readonly [string, object]>([
      [`/Users/${this.#pickUser()}`, { op: 'replace', value: { active: false, title: 'Refused' } }],
      [`/Groups/${this.#pickGroup()}`, { op: 'remove', path: 'members' }],
    ])
    const isThere = this.users.has(path.split('/')[2] ?? '') || this.groups.has(path.split('/')[2] ?? '')
    return { method: 'PATCH', path, body: patch(first, flaw), expected: isThere ? 400 : 404, commit: nothing }
  }

  #pickUser(): string {
    return this.#random.pick([
      'directory_user_nobody',
      ...this.users.keys(),
      ...this.users.keys(),
      ...this.users.keys(),
    ])
  }

  #pickGroup(): string {
    return this.#random.pick([
      'directory_group_nobody',
      ...this.groups.keys(),
      ...this.groups.keys(),
      ...this.groups.keys(),
    ])
  }

  #pickUsers(): string[] {
    return [...new Set(this.#random.list(5, () => this.#pickUser()))]
  }
}
