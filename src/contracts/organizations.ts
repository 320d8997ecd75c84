import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'
import { OrganizationDomain } from './organization-domains.ts'

export const Metadata = Type.Record(Type.String(), Type.String())

export const Organization = Type.Object({
  object: Type.Literal('organization'),
  id: OrganizationId,
  name: Type.String(),
  allow_profiles_outside_organization: Type.Boolean(),
  domains: Type.Array(OrganizationDomain),
  stripe_customer_id: Type.Optional(Type.String()),
  external_id: Type.Union([Type.String(), Type.Null()]),
  metadata: Metadata,
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Organization = Static<typeof Organization>

const DomainData = Type.Object({ domain: Type.String({ minLength: 1 }), state: Type.Enum(['pending', 'verified']) })
export type DomainData = Static<typeof DomainData>

export const ExternalId = Type.Union([Type.String({ maxLength: 128, pattern: '^[\\x20-\\x7E]+$' }), Type.Null()])

/** Null in an update removes that metadata key. */
export const MetadataChange = Type.Union([
  Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
  Type.Null(),
])

const changeable = {
  allow_profiles_outside_organization: Type.Optional(Type.Boolean()),
  domains: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  domain_data: Type.Optional(Type.Array(DomainData)),
  external_id: Type.Optional(ExternalId),
  metadata: Type.Optional(MetadataChange),
}

export const OrganizationCreate = Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }), ...changeable })
export type OrganizationCreate = Static<typeof OrganizationCreate>

export const OrganizationUpdate = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  stripe_customer_id: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()])),
  ...changeable,
})
export type OrganizationUpdate = Static<typeof OrganizationUpdate>

const params = Type.Object({ id: OrganizationId })
const tag = 'organizations'

export const listOrganizations = endpoint({
  operationId: 'listOrganizations',
  method: 'GET',
  path: '/organizations',
  summary: 'List organizations',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    domains: Type.Optional(Type.Array(Type.String())),
    search: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(Organization) },
})

export const createOrganization = endpoint({
  operationId: 'createOrganization',
  method: 'POST',
  path: '/organizations',
  summary: 'Create an organization',
  tag,
  access: 'api_key',
  body: OrganizationCreate,
  success: { status: 201, body: Organization },
  errors: { 400: ['external_id_already_used', 'invalid_metadata'], 409: [], 422: [] },
})

export const getOrganization = endpoint({
  operationId: 'getOrganization',
  method: 'GET',
  path: '/organizations/{id}',
  summary: 'Get an organization',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: Organization },
  errors: { 404: ['entity_not_found'] },
})

export const getOrganizationByExternalId = endpoint({
  operationId: 'getOrganizationByExternalId',
  method: 'GET',
  path: '/organizations/external_id/{external_id}',
  summary: 'Get an organization by your own id for it',
  tag,
  access: 'api_key',
  params: Type.Object({ external_id: Type.String() }),
  success: { status: 200, body: Organization },
  errors: { 404: ['entity_not_found'] },
})

export const updateOrganization = endpoint({
  operationId: 'updateOrganization',
  method: 'PUT',
  path: '/organizations/{id}',
  summary: 'Update an organization; fields left out keep their value',
  tag,
  access: 'api_key',
  params,
  body: OrganizationUpdate,
  success: { status: 200, body: Organization },
  errors: {
    400: ['external_id_already_used', 'invalid_metadata', 'stripe_customer_id_already_used'],
    404: ['entity_not_found'],
    409: [],
    422: [],
  },
})

export const deleteOrganization = endpoint({
  operationId: 'deleteOrganization',
  method: 'DELETE',
  path: '/organizations/{id}',
  summary: 'Delete an organization with its domains and connections',
  tag,
  access: 'api_key',
  params,
  success: { status: 202 },
  errors: { 404: ['entity_not_found'] },
})
