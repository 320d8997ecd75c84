import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Connection } from './connections.ts'
import { Directory } from './directories.ts'
import { endpoint } from './endpoint.ts'
import { List, pageQuery } from './list.ts'
import { Organization } from './organizations.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Beyond this nobody counts on: the list costs the same for an organization of any size. */
export const mostCountedMembers = 1000

export const OrganizationSummary = Type.Object({
  id: Organization.properties.id,
  organization: Organization,
  /** The one that works best, of several. */
  connection: nullable(
    Type.Object({
      id: Connection.properties.id,
      connection_type: Connection.properties.connection_type,
      state: Connection.properties.state,
    }),
  ),
  directory: nullable(
    Type.Object({
      id: Directory.properties.id,
      type: Directory.properties.type,
      state: Directory.properties.state,
    }),
  ),
  /** Active ones, up to `mostCountedMembers`. */
  members: Type.Integer(),
})
export type OrganizationSummary = Static<typeof OrganizationSummary>

export const listOrganizationSummaries = endpoint({
  operationId: 'listOrganizationSummaries',
  method: 'GET',
  path: '/organization_summaries',
  summary: 'List organizations with how they sign in, how they are provisioned, and how many members they have',
  tag: 'organizations',
  access: 'dashboard',
  query: Type.Object({ ...pageQuery, search: Type.Optional(Type.String()) }),
  success: { status: 200, body: List(OrganizationSummary) },
})
