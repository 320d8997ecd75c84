interface Expectation {
  /** The clause, or the client that needs it. */
  readonly source: string
  readonly claim: string
}

/** What a server is held against, in the order of the report. */
export const expectations = {
  answered: {
    source: 'RFC 9110 §15.6',
    claim: 'Every request is answered, and none with an error of the server’s own',
  },
  media_type: {
    source: 'RFC 7644 §3.8',
    claim: 'Bodies are sent as application/scim+json, or application/json where that was asked for',
  },
  error_body: { source: 'RFC 7644 §3.12', claim: 'Errors carry the error schema and their status as text' },
  authorized: { source: 'RFC 6750 §2.1', claim: 'The token is taken, as Authorization: Bearer' },
  unauthorized: { source: 'RFC 6750 §3', claim: 'A wrong token is refused with 401 and WWW-Authenticate' },
  configuration: { source: 'RFC 7643 §5', claim: 'The service provider configuration says what is supported' },
  list: { source: 'RFC 7644 §3.4.2', claim: 'Lists are ListResponses with counts that are right' },
  no_match: { source: 'RFC 7644 §3.4.2', claim: 'No match is 200 with an empty list' },
  match: { source: 'RFC 7644 §3.4.2.2', claim: 'An equality filter finds exactly the one it names' },
  paging: { source: 'RFC 7644 §3.4.2.4', claim: 'Pages show every resource once' },
  excluded: { source: 'RFC 7644 §3.9', claim: 'Excluded attributes are not shown' },
  created: { source: 'RFC 7644 §3.3', claim: 'A create is answered with 201 and a Location that equals meta.location' },
  resource: { source: 'RFC 7643 §3.1', claim: 'Resources have an id, schemas and their resource type' },
  echo: { source: 'RFC 7644 §3.3 and §3.5', claim: 'An answer shows what was written' },
  password: { source: 'RFC 7643 §4.1.1', claim: 'A password is never shown' },
  duplicate: { source: 'RFC 7644 §3.3.1', claim: 'A create that is repeated is refused with 409 uniqueness' },
  duplicate_harmless: { source: 'Rippling', claim: 'A create that is repeated makes nobody twice' },
  read: { source: 'RFC 7644 §3.4.1', claim: 'What was created can be read by its id' },
  replaced: { source: 'RFC 7644 §3.5.1', claim: 'A PUT is answered with 200 and the resource, its id unchanged' },
  patched: {
    source: 'RFC 7644 §3.5.2',
    claim: 'A PATCH is answered with 200 and the resource, or with 204 and nothing',
  },
  inactive_readable: { source: 'Okta, Entra ID', claim: 'Whoever is deactivated can still be read, as inactive' },
  inactive_found: { source: 'Okta, Entra ID', claim: 'Whoever is deactivated is still found by a filter' },
  same_person: { source: 'Okta, Entra ID', claim: 'Whoever comes back has the id from before' },
  members: { source: 'RFC 7643 §4.2', claim: 'A group has the members it was given, and no others' },
  reference: { source: 'Entra ID', claim: 'Membership can be asked for by a filter on id and members' },
  quiet_add: {
    source: 'RFC 7644 §3.5.2.1',
    claim: 'Adding a member who is there changes nothing, not even meta.lastModified',
  },
  deleted: { source: 'RFC 7644 §3.6', claim: 'A DELETE is answered with 204 and nothing' },
  gone: { source: 'RFC 7644 §3.6', claim: 'What was deleted is a 404, and no list shows it' },
  final_users: {
    source: 'every client',
    claim: 'In the end everybody is there as the directory has them, in the list and by id',
  },
  final_groups: {
    source: 'every client',
    claim: 'In the end every group is there with its members, in the list and by id',
  },
} as const satisfies Record<string, Expectation>

export type ExpectationId = keyof typeof expectations

export const expectationIds = Object.keys(expectations) as ExpectationId[] // the table has no other keys
