import type { UserId } from '#contracts/ids.ts'
import type { UserUpdate } from '#contracts/users.ts'
import type { NewUser } from '../users/create.ts'
import type { PlanStep, SeedPlan, StoredUser } from './plan.ts'
import { findChanges } from './plan-roles.ts'
import type { SeedUser } from './seed-people.ts'

/** A user who exists, or the one that the step with this index of the seed makes. */
export type UserRef = { readonly id: UserId } | { readonly madeUser: number }

export type UserAction =
  | { readonly do: 'create user'; readonly index: number; readonly id?: UserId; readonly input: NewUser }
  | {
      readonly do: 'update user'
      readonly index: number
      readonly id: UserId
      readonly change: UserUpdate
      /** Whether they get the password that the seed has for them. */
      readonly setsPassword: boolean
    }

export interface UsersPlan extends SeedPlan {
  /** Who has an address once the plan is carried out. */
  readonly refs: ReadonlyMap<string, UserRef>
}

/**
 * Users are found by id, then external id, then address. A password is for whoever has none: one that was changed since
 * stays.
 */
export function planUsers(wanted: readonly SeedUser[], stored: readonly StoredUser[]): UsersPlan {
  const steps: PlanStep[] = []
  const problems: string[] = []
  const own = new Map<string, UserRef>()
  const taken = new Map<string, number>()
  for (const [index, user] of wanted.entries()) {
    const found = find(user, stored, problems)
    const keys = new Set([user.id, user.external_id, user.email, found?.id].filter((key) => key !== undefined))
    for (const key of keys) {
      const line = taken.get(key)
      if (line !== undefined) problems.push(`line ${user.line}: describes the same user as line ${line} (${key}).`)
      taken.set(key, user.line)
    }
    own.set(user.email, found ? { id: found.id } : { madeUser: index })
    steps.push(found ? change(user, found, index) : create(user, index))
  }
  const known = new Set([...own.values()].map((ref) => ('id' in ref ? ref.id : undefined)))
  const others = stored.filter(({ id }) => !known.has(id)).map(({ id, email }) => [email, { id }] as const)
  return { steps, problems, refs: new Map<string, UserRef>([...others, ...own]) }
}

function find(wanted: SeedUser, stored: readonly StoredUser[], problems: string[]): StoredUser | undefined {
  const byId = stored.find(({ id }) => id === wanted.id)
  const byExternalId =
    wanted.external_id === undefined ? undefined : stored.find(({ external_id }) => external_id === wanted.external_id)
  const byEmail = stored.find(({ email }) => email === wanted.email)
  const found = wanted.id === undefined ? (byExternalId ?? byEmail) : byId
  for (const [name, other] of [
    [`the external id "${wanted.external_id}"`, byExternalId],
    [`the address ${wanted.email}`, byEmail],
  ] as const)
    if (other && other.id !== found?.id)
      problems.push(`line ${wanted.line}: ${name} belongs to ${other.id}, and ids cannot be changed.`)
  return found
}

function create(wanted: SeedUser, index: number): PlanStep {
  const { id } = wanted
  const details = givesPassword(wanted) ? [{ mark: '+' as const, text: 'password' }] : []
  const action = { do: 'create user', index, ...(id && { id }), input: fieldsOf(wanted) } as const
  return { mark: '+', what: `user ${wanted.email}`, details, action }
}

function change(wanted: SeedUser, found: StoredUser, index: number): PlanStep {
  const { metadata = {}, ...fields } = fieldsOf(wanted)
  const setsPassword = givesPassword(wanted) && !found.hasPassword
  const changed = Object.entries(metadata).filter(([key, value]) => found.metadata[key] !== value)
  const details: PlanStep['details'] = [
    ...findChanges(fields, found),
    ...changed.map(([key, value]) => ({ mark: '~' as const, text: `metadata ${key} -> ${JSON.stringify(value)}` })),
    ...(setsPassword ? [{ mark: '+' as const, text: 'password' }] : []),
  ]
  const what = `user ${wanted.email} (${found.id})`
  if (details.length === 0) return { mark: '=', what, details }
  // An empty change of metadata would remove all of it.
  const change = { ...fields, ...(changed.length > 0 && { metadata: Object.fromEntries(changed) }) }
  return { mark: '~', what, details, action: { do: 'update user', index, id: found.id, change, setsPassword } }
}

/** Whether the seed has a password for them, or the hash of one. */
export function givesPassword({ password, password_hash: hash }: SeedUser): boolean {
  return password !== undefined || hash !== undefined
}

function fieldsOf({
  line: _line,
  id: _id,
  password: _password,
  password_hash: _hash,
  password_hash_type: _type,
  password_salt_position: _position,
  ...fields
}: SeedUser) {
  const { metadata, ...rest } = fields
  return { ...rest, ...(metadata && { metadata: { ...metadata } }) }
}
