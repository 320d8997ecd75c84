import { type Result, ok, refused } from '../result.ts'
import { findAttribute, undeclared } from './attribute.ts'
import { type BoundFilter, bindElementFilter } from './bind.ts'
import { badRequest, scimError, type ScimError } from './errors.ts'
import type { Filter } from './filter.ts'
import { groupSchema } from './group-schema.ts'
import { isObject, type Json, type JsonObject, listOf, ownMember } from './json.ts'
import type { PatchOperation } from './path.ts'
import { readValue } from './read-value.ts'
import { groupType, resolve, type Target } from './schema.ts'

/** What happens to the members of a group, as statements about sets: no list of members is needed to say it. */
export type MemberChange =
  | { readonly kind: 'add'; readonly ids: readonly string[] }
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  /** These and no others. */
  | { readonly kind: 'replace'; readonly ids: readonly string[] }
  /** Those the filter selects, by anything but plain ids. Bound to an element of `members`; see rowFilterToSql. */
  | { readonly kind: 'removeMatching'; readonly filter: BoundFilter }

export interface GroupPatch {
  /** The operations on everything else, for applyPatch on the group without its members. */
  readonly attributes: readonly PatchOperation[]
  /** To be carried out in order. The ids of `add` and `remove` that follow each other are disjoint. */
  readonly members: readonly MemberChange[]
}

/** Each costs a statement that looks at every member. */
const matchingLimit = 20

const members = findAttribute(groupSchema.attributes, 'members') ?? undeclared('members')

/**
 * Splits a PATCH of a group into what changes its attributes and what changes its members, so that the cost is that of
 * the change and not of the group. Membership is a set: of several operations on one id the last decides, which is what
 * carrying them out one by one would come to.
 */
export function planGroupPatch(operations: readonly PatchOperation[]): Result<GroupPatch, ScimError> {
  const attributes: PatchOperation[] = []
  const plan = new MemberPlan()
  for (const operation of operations.flatMap(splitValue)) {
    if (!isAboutMembers(operation)) {
      attributes.push(operation)
      continue
    }
    const fault = planMembers(plan, operation)
    if (fault) return refused(fault)
  }
  return ok({ attributes, members: plan.changes() })
}

/** An operation without a path can be about members and others at once. */
function splitValue(operation: PatchOperation): readonly PatchOperation[] {
  const { op, path, value } = operation
  if (path || !isObject(value)) return [operation]
  return Object.entries(value).map(([name, each]) => {
    const isMembers = name.toLowerCase() === 'members'
    return isMembers ? { op, path: { attribute: { name } }, value: each } : { op, value: { [name]: each } }
  })
}

function targetOf({ path }: PatchOperation): Target | undefined {
  return path && resolve(groupType, path.attribute)
}

function isAboutMembers(operation: PatchOperation): boolean {
  const target = targetOf(operation)
  return target?.kind === 'attribute' && target.extension === undefined && target.attribute.name === members.name
}

function planMembers(plan: MemberPlan, operation: PatchOperation): ScimError | undefined {
  const { op, path, value } = operation
  const target = targetOf(operation)
  if (path?.sub !== undefined || (target?.kind === 'attribute' && target.sub)) return immutable()
  if (path?.filter) return op === 'remove' ? planRemoval(plan, path.filter) : planFilteredAdd(plan, operation)
  if (op === 'remove') return plan.replace([])
  const ids = readIds(value)
  if (!ids.ok) return ids.error
  return op === 'add' ? plan.set(ids.value, 'add') : plan.replace(ids.value)
}

function planRemoval(plan: MemberPlan, filter: Filter): ScimError | undefined {
  const ids = idsNamedBy(filter)
  if (ids) return plan.set(ids, 'remove')
  const bound = bindElementFilter(filter, members)
  return bound.ok ? plan.removeMatching(bound.value) : badRequest('invalidFilter', bound.error.detail)
}

/** `add` to `members[value eq "u1"]` is an odd way to add u1; everything else there would edit a member. */
function planFilteredAdd(plan: MemberPlan, { op, path, value }: PatchOperation): ScimError | undefined {
  const named = path?.filter ? idsNamedBy(path.filter) : undefined
  const given = readIds([value])
  const isSame = op === 'add' && given.ok && named?.length === 1 && named[0] === given.value[0]
  return isSame ? plan.set(given.value, 'add') : immutable()
}

function immutable(): ScimError {
  return badRequest('mutability', 'Members are added and removed, never edited.')
}

/** The ids, when the filter is `value eq "…"` or several of them joined by `or`. No member need be read for those. */
function idsNamedBy(filter: Filter): readonly string[] | undefined {
  const terms = filter.kind === 'or' ? filter.filters : [filter]
  const ids: string[] = []
  for (const term of terms) {
    if (term.kind !== 'compare' || term.operator !== 'eq' || typeof term.value !== 'string') return undefined
    if (term.path.name.toLowerCase() !== 'value' || term.path.sub !== undefined) return undefined
    ids.push(term.value)
  }
  return ids
}

function readIds(value: unknown): Result<readonly string[], ScimError> {
  const read = readValue(members, value)
  return read.ok ? idsOf(read.value) : read
}

/** The ids in the `members` of a group that was read from a body. Empty when it has none. */
export function memberIds(group: JsonObject): Result<readonly string[], ScimError> {
  return idsOf(ownMember(group, 'members'))
}

function idsOf(value: Json | undefined): Result<readonly string[], ScimError> {
  const ids = new Set<string>()
  for (const element of listOf(value)) {
    const id = isObject(element) ? element['value'] : undefined
    if (typeof id !== 'string' || id === '') {
      return refused(badRequest('invalidValue', 'A member needs a value, the id of a user.'))
    }
    ids.add(id)
  }
  return ok([...ids])
}

/** Changes so far, the last word on each id since the last statement that has to keep its place. */
class MemberPlan {
  readonly #done: MemberChange[] = []
  #replaces = false
  #last = new Map<string, 'add' | 'remove'>()
  #matching = 0

  set(ids: readonly string[], action: 'add' | 'remove'): undefined {
    for (const id of ids) this.#last.set(id, action)
  }

  replace(ids: readonly string[]): undefined {
    this.#replaces = true
    this.#last = new Map(ids.map((id) => [id, 'add']))
  }

  removeMatching(filter: BoundFilter): ScimError | undefined {
    if (++this.#matching > matchingLimit) {
      return scimError(413, undefined, `A PATCH may select members by a filter ${matchingLimit} times.`)
    }
    this.#flush()
    this.#done.push({ kind: 'removeMatching', filter })
    return undefined
  }

  changes(): readonly MemberChange[] {
    this.#flush()
    return this.#done
  }

  #flush(): void {
    const idsTo = (action: 'add' | 'remove') => [...this.#last].flatMap(([id, last]) => (last === action ? [id] : []))
    const added = idsTo('add')
    const removed = idsTo('remove')
    if (this.#replaces) this.#done.push({ kind: 'replace', ids: added })
    else {
      if (removed.length > 0) this.#done.push({ kind: 'remove', ids: removed })
      if (added.length > 0) this.#done.push({ kind: 'add', ids: added })
    }
    this.#replaces = false
    this.#last = new Map()
  }
}
