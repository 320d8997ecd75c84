import type { LogoutUriId, RedirectUriId } from '#contracts/ids.ts'
import type { LogoutUri, RedirectUri } from '#contracts/redirects.ts'
import { newId } from '#db/new-id.ts'
import { Conflict, Invalid } from '../errors.ts'

/** A row of either table: their columns are the same, and queries are typed by one of them. */
export interface UriRow {
  readonly id: RedirectUriId
  readonly uri: string
  readonly is_default: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

/** Redirect URIs and sign-out redirects: one set of rules, two tables. */
export interface Family<Shown extends RedirectUri | LogoutUri> {
  readonly table: 'redirect_uris' | 'logout_uris'
  readonly noun: string
  /** Whether there must be a default as long as there is anything to choose from. */
  readonly needsDefault: boolean
  readonly newId: (now: Date) => Shown['id']
  readonly present: (row: UriRow) => Shown
  readonly duplicate: (uri: string) => Error
}

export const redirectUris: Family<RedirectUri> = {
  table: 'redirect_uris',
  noun: 'Redirect URI',
  needsDefault: true,
  newId: (now) => newId('redirectUri', now),
  present: (row) => ({ object: 'redirect_uri', id: row.id, ...shared(row) }),
  // The vendor's answer to a duplicate; set-up tools look for the status together with "already exists".
  duplicate: (uri) => {
    const message = `Redirect URI '${uri}' already exists.`
    return new Invalid([{ field: 'uri', code: 'already_exists', message }], 'redirect_uri_already_exists', message)
  },
}

export const logoutUris: Family<LogoutUri> = {
  table: 'logout_uris',
  noun: 'Logout URI',
  // Without one, people land on the homepage after signing out.
  needsDefault: false,
  newId: (now) => newId('logoutUri', now),
  present: (row) => ({
    object: 'logout_uri',
    id: row.id as string as LogoutUriId, // rows of logout_uris carry ids of their own kind
    ...shared(row),
  }),
  duplicate: (uri) => new Conflict(`Logout URI '${uri}' already exists.`, 'logout_uri_already_exists'),
}

function shared(row: UriRow) {
  return {
    uri: row.uri,
    default: row.is_default,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
