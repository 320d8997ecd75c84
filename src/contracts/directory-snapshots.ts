import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Directory } from './directories.ts'
import { DirectoryGroup, DirectoryUser } from './directory-users.ts'
import { endpoint } from './endpoint.ts'
import { DirectoryGroupId, DirectoryId, DirectoryUserId, EventId, Timestamp } from './ids.ts'

const tag = 'directory-sync'

export const DirectoryMembership = Type.Object({ group_id: DirectoryGroupId, user_id: DirectoryUserId })
export type DirectoryMembership = Static<typeof DirectoryMembership>

/** The last event whose effect is included, and none after it is: go on reading with `after`. Null before any event. */
const eventCursor = Type.Union([EventId, Type.Null()])

/** A directory at one moment: what all events up to the cursor come to. People and groups are as events carry them. */
export const DirectorySnapshot = Type.Object({
  object: Type.Literal('directory_snapshot'),
  directory: Directory,
  event_cursor: eventCursor,
  groups: Type.Array(DirectoryGroup),
  users: Type.Array(DirectoryUser),
  memberships: Type.Array(DirectoryMembership),
})

/** Something a reader holds. With neither time nor hash only its presence is compared. */
const Held = Type.Object({
  id: Type.String(),
  updated_at: Type.Optional(Timestamp),
  /** SHA-256 in hex of the object as compact JSON, keys in the order it was received, without `previous_attributes`. */
  hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
})
const HeldMembership = Type.Object({ group_id: Type.String(), user_id: Type.String() })

/** Everything a reader believes of a directory. */
export const DirectoryView = Type.Object({
  groups: Type.Array(Held),
  users: Type.Array(Held),
  memberships: Type.Array(HeldMembership),
})
export type DirectoryView = Static<typeof DirectoryView>

/** What a reader has to do to hold the snapshot with this cursor: store what is missing or stale, drop what is extra. */
export const DirectoryReconciliation = Type.Object({
  object: Type.Literal('directory_reconciliation'),
  directory: Directory,
  event_cursor: eventCursor,
  groups: Type.Object({
    missing: Type.Array(DirectoryGroup),
    stale: Type.Array(DirectoryGroup),
    extra: Type.Array(Type.String()),
  }),
  users: Type.Object({
    missing: Type.Array(DirectoryUser),
    stale: Type.Array(DirectoryUser),
    extra: Type.Array(Type.String()),
  }),
  memberships: Type.Object({ missing: Type.Array(DirectoryMembership), extra: Type.Array(HeldMembership) }),
})

const params = Type.Object({ id: DirectoryId })
const errors = { 404: ['entity_not_found'], 429: ['too_many_snapshots'] }

export const getDirectorySnapshot = endpoint({
  operationId: 'getDirectorySnapshot',
  method: 'GET',
  path: '/directories/{id}/snapshot',
  summary: 'Read a whole directory as of one event',
  tag,
  access: 'api_key',
  extension: true,
  params,
  success: { status: 200, body: DirectorySnapshot },
  errors,
})

export const reconcileDirectory = endpoint({
  operationId: 'reconcileDirectory',
  method: 'POST',
  path: '/directories/{id}/reconcile',
  summary: 'Compare what you hold of a directory with what it is; changes nothing',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: DirectoryView,
  success: { status: 200, body: DirectoryReconciliation },
  errors,
})
