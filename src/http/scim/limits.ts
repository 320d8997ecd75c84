import type { BulkLimits } from '#protocols/scim/bulk.ts'
import type { PagingLimits } from '#protocols/scim/list.ts'

/** The vendor's: a full list of 10,000 members is a third of it. */
export const bodyLimitBytes = 2_000 * 1024
export const pagingLimits: PagingLimits = { defaultPageSize: 100, maxPageSize: 1_000 }
export const bulkLimits: BulkLimits = { maxOperations: 1_000 }
/**
 * A page of groups is cut short where its groups have more members than this between them (RFC 7644 §3.4.2.4 lets a page
 * hold fewer than asked for); a group is always whole.
 */
export const membersPerPage = 50_000
