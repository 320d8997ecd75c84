import type { DirectoryUser } from '#contracts/directory-users.ts'
import type { DirectoryUserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { type PersonKeys, presentPerson, readKeys } from './person.ts'
import { previousAttributes } from './previous-attributes.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { readPresented, type UserRow } from './user-row.ts'

export const defaultRole = 'member'

/** What a user becomes, and what the application is told of it. */
export interface UserPlan {
  readonly id: DirectoryUserId
  readonly keys: PersonKeys
  readonly idpId: string
  readonly role: string
  readonly visible: boolean
  readonly resource: JsonObject
  readonly presented: DirectoryUser
  readonly updatedAt: Date
  readonly news: 'created' | 'updated' | 'deleted' | 'none'
  readonly previous: Readonly<Record<string, unknown>>
}

type Settings = Pick<ScimDirectory, 'id' | 'organizationId' | 'attributeMap' | 'keepInactive'>

/** Decides without touching anything: the same resource and settings always come to the same plan. */
export function planUser(
  directory: Settings,
  before: UserRow | undefined,
  id: DirectoryUserId,
  resource: JsonObject,
  now: Date,
  role = before?.role_slug ?? defaultRole,
): UserPlan {
  const keys = readKeys(resource)
  const visible = keys.complete && (keys.active || directory.keepInactive)
  // Once known, the identity provider's id stays until it sends another one: a renamed person is the same person.
  const idpId = keys.externalId ?? before?.idp_id ?? keys.userName
  const context = {
    id,
    directoryId: directory.id,
    organizationId: directory.organizationId,
    idpId,
    attributeMap: directory.attributeMap,
    role,
    createdAt: before?.created_at ?? now,
  }
  const unmoved = presentPerson(resource, keys, { ...context, updatedAt: before?.updated_at ?? now })
  const previous = before ? previousAttributes({ ...readPresented(before) }, { ...unmoved }) : {}
  const changed = Object.keys(previous).length > 0
  const updatedAt = before && !changed ? before.updated_at : now
  return {
    id,
    keys,
    idpId,
    role,
    visible,
    resource,
    presented: { ...unmoved, updated_at: updatedAt.toISOString() },
    updatedAt,
    news: newsOf(before?.visible ?? false, visible, changed),
    previous,
  }
}

function newsOf(wasVisible: boolean, visible: boolean, changed: boolean): UserPlan['news'] {
  if (visible && !wasVisible) return 'created'
  if (wasVisible && !visible) return 'deleted'
  return visible && changed ? 'updated' : 'none'
}

export function announceUser(emit: Work['emit'], plan: UserPlan, directory: Pick<Settings, 'organizationId'>): void {
  switch (plan.news) {
    case 'created':
      return emit('dsync.user.created', plan.presented, directory.organizationId)
    case 'updated':
      return emit(
        'dsync.user.updated',
        { ...plan.presented, previous_attributes: plan.previous },
        directory.organizationId,
      )
    case 'deleted':
      return emit('dsync.user.deleted', plan.presented, directory.organizationId)
    case 'none':
      return undefined
    default:
      return plan.news satisfies never
  }
}
