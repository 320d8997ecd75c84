import type { Divergence } from './ledger.ts'

const users = /^(?:GET|POST|PUT) \/user_management\/users(?:$|\/\{id\}$|\/external_id)/
const authorization = /^\w+ \/authorization\//
const memberships = /^(?:GET|POST|PUT) \/user_management\/organization_memberships/

/** Differences at users and their memberships. */
export const userDivergences: readonly Divergence[] = [
  {
    at: /\/user_management\/|^event user\./,
    gap: /^(?:answer|payload) holds (?:[\w[\].]+\.)?name in addition$/,
    reason: 'In the vendor’s later descriptions.',
  },
  {
    at: users,
    gap: /^body (?:name|password_salt_position) is taken in addition$/,
    reason: 'In the vendor’s later descriptions.',
  },
  {
    at: users,
    gap: 'body metadata.* may be null',
    reason: 'Null removes the key, as the vendor’s guide to metadata says.',
  },
  {
    at: 'PUT /user_management/users/{id}',
    gap: /^body (?:first_name|last_name|email_verified|password) may be null$/,
    reason: 'As when creating: null takes a name away and leaves the rest as it is.',
  },
  { at: 'POST /user_management/users', gap: 'never answers 404', reason: 'Nothing is looked up.' },
  { at: 'PUT /user_management/users/{id}', gap: 'may answer 404', reason: 'An unknown id is 404 everywhere.' },
  {
    at: 'PUT /user_management/users/{id}',
    gap: /^never answers 400 with code (?:email_already_verified|email_change_not_allowed|invalid_email)$/,
    reason: 'An API key may change any address; one that is none is a 422 that names the field.',
  },
  {
    at: memberships,
    gap: /^answer holds (?:data\[\]\.)?roles in addition$/,
    reason: 'In the vendor’s later descriptions.',
  },
  { at: memberships, gap: 'body role_slugs[] is required', reason: 'A list of roles without a role is a mistake.' },
  {
    at: memberships,
    gap: /^never answers 422 with code (?:multiple_roles_not_enabled|sub_resource_scoped_role_not_allowed)$/,
    reason: 'Several roles are always allowed; roles are of environments and organizations only.',
  },
  {
    at: memberships,
    gap: /^never answers (?:400|422) with code invalid_request_parameters$/,
    reason: 'There is no body to be wrong; a query is 422.',
  },
  {
    at: 'GET /user_management/organization_memberships',
    gap: 'never answers 404',
    reason: 'Nobody’s memberships are an empty list.',
  },
  {
    at: /^POST \/user_management\/invitations/,
    gap: /^body \w+ may be null$/,
    reason: 'Null is taken for absent, as everywhere.',
  },
  {
    at: 'POST /user_management/invitations/{id}/accept',
    gap: /^never answers 400 with code (?:invalid_invite|invite_has_accepted_user_id)$/,
    reason: 'In this version of the vendor’s description only; an invitation that is not open is invite_not_pending.',
  },
  {
    at: 'POST /user_management/invitations/{id}/revoke',
    gap: 'may answer 404',
    reason: 'An unknown id is 404 everywhere.',
  },
  {
    at: /\/email_change\//,
    gap: /^never answers (?:422 with code invalid_email|429)$/,
    reason: 'An address that is none is named as the field it is; calls by an API key are not limited.',
  },
  {
    at: 'POST /user_management/password_reset',
    gap: /^never answers (?:403 with code password_reset_not_allowed|429)$/,
    reason: 'Nobody is kept from a reset, and calls by an API key are not limited.',
  },
  {
    at: 'GET /organizations/{organization_id}/roles',
    gap: /^is not in this version/,
    reason: 'SDKs before 11 ask here; the vendor describes the newer place only.',
  },
  { at: authorization, gap: 'never answers 403', reason: 'An API key may do everything in its environment.' },
  {
    at: authorization,
    gap: 'never answers 400 with code bad_request',
    reason: 'What is wrong with a request has a name of its own, or is a 422 that names the field.',
  },
  {
    at: /^(?:GET|POST) \/authorization\/(?:roles|permissions)$/,
    gap: 'never answers 404',
    reason: 'Nothing is looked up.',
  },
  {
    at: /^event permission\./,
    gap: 'payload holds resource_type_slug in addition',
    reason: 'In the vendor’s later descriptions.',
  },
]
