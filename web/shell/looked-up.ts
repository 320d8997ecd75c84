import type { OrganizationMembershipId } from '#contracts/ids.ts'

/** What only the server knows the page of. */
interface LookedUp {
  readonly membership?: OrganizationMembershipId
  /** In whichever environment it is. */
  readonly elsewhere?: string
  /** As answered in X-Request-ID. */
  readonly request?: string
}

/** Ids that have no page of their own but are shown on one, by how they are spelled. */
export function lookedUp(text: string): LookedUp {
  if (/^om_./.test(text)) return { membership: text as OrganizationMembershipId } // the server judges it
  if (/^(session|scim_request|audit_entry)_./.test(text)) return { elsewhere: text }
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return { request: text.toLowerCase() }
  return {}
}
