import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationDomainId, OrganizationId, Timestamp } from './ids.ts'

export const domainStates = ['failed', 'legacy_verified', 'pending', 'unverified', 'verified'] as const

export const OrganizationDomain = Type.Object({
  object: Type.Literal('organization_domain'),
  id: OrganizationDomainId,
  organization_id: OrganizationId,
  domain: Type.String(),
  state: Type.Enum([...domainStates]),
  verification_strategy: Type.Enum(['dns', 'manual']),
  verification_token: Type.Optional(Type.String()),
  verification_prefix: Type.Optional(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type OrganizationDomain = Static<typeof OrganizationDomain>

const params = Type.Object({ id: OrganizationDomainId })

export const createOrganizationDomain = endpoint({
  operationId: 'createOrganizationDomain',
  method: 'POST',
  path: '/organization_domains',
  summary: 'Claim a domain for an organization',
  tag: 'organization-domains',
  access: 'api_key',
  body: Type.Object({ organization_id: OrganizationId, domain: Type.String({ minLength: 1, maxLength: 253 }) }),
  success: { status: 201, body: OrganizationDomain },
  errors: { 404: ['entity_not_found'], 409: ['domain_already_exists'], 422: ['invalid_domain', 'consumer_domain'] },
})

export const getOrganizationDomain = endpoint({
  operationId: 'getOrganizationDomain',
  method: 'GET',
  path: '/organization_domains/{id}',
  summary: 'Get an organization domain',
  tag: 'organization-domains',
  access: 'api_key',
  params,
  success: { status: 200, body: OrganizationDomain },
  errors: { 404: ['entity_not_found'] },
})

export const verifyOrganizationDomain = endpoint({
  operationId: 'verifyOrganizationDomain',
  method: 'POST',
  path: '/organization_domains/{id}/verify',
  summary: 'Look for the DNS TXT record and verify the domain',
  tag: 'organization-domains',
  access: 'api_key',
  params,
  success: { status: 201, body: OrganizationDomain },
  errors: { 400: ['domain_already_verified'], 404: ['entity_not_found'], 409: ['domain_already_exists'] },
})

export const deleteOrganizationDomain = endpoint({
  operationId: 'deleteOrganizationDomain',
  method: 'DELETE',
  path: '/organization_domains/{id}',
  summary: 'Delete an organization domain',
  tag: 'organization-domains',
  access: 'api_key',
  params,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
