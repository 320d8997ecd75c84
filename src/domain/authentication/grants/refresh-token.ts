import type { OrganizationId } from '#contracts/ids.ts'
import { refreshSession } from '../../sessions/refresh.ts'
import { type Grant, requireFields } from './grant.ts'

/** RFC 6749 §6. With `organization_id` the session moves to that organization. */
export const refreshToken: Grant = (deps, { client, fields }) =>
  refreshSession(deps, client.environment, {
    token: requireFields(fields, 'refresh_token').refresh_token,
    organization: (fields.organization_id || null) as OrganizationId | null, // an id of anything else finds no membership
  })
