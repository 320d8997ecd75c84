/** A clause of the SCIM documents, what is done about it, and where it is shown to be so. */
interface Clause {
  readonly clause: string
  readonly honoured: 'yes' | 'as allowed'
  readonly how: string
  readonly tests: readonly string[]
}

/** Where a clause leaves a choice, the choice. Without one of the files the page is not written. */
export const scimClauses: readonly Clause[] = [
  {
    clause: 'RFC 7643 §2.1, §2.3, §2.4',
    honoured: 'yes',
    how: 'Names in any case, types checked, times compared as instants, one primary value.',
    tests: ['test/scim/rfc7643-resources.test.ts', 'src/protocols/scim/resource.test.ts'],
  },
  {
    clause: 'RFC 7643 §2.5',
    honoured: 'yes',
    how: 'Null, an empty list and an absent attribute are one. So `members: null`, in PUT and as the value of `replace`, leaves a group without members, as `[]` does; PUT that does not name members keeps them (RFC 7644 §3.5.1 allows either). `remove` with null is none of these, names nobody, and is refused.',
    tests: ['test/scim/rfc7644-replace.test.ts', 'test/scim/rfc7644-patch.test.ts'],
  },
  {
    clause: 'RFC 7643 §3, §4, §8',
    honoured: 'yes',
    how: 'User, Group and the enterprise extension; extensions nobody declared are kept as they came. Groups hold users and no groups.',
    tests: ['test/scim/rfc7643-resources.test.ts', 'src/protocols/scim/schema.test.ts'],
  },
  {
    clause: 'RFC 7643 §5 to §7, RFC 7644 §4',
    honoured: 'yes',
    how: 'The three discovery endpoints say what is so; a filter there is 403.',
    tests: ['test/scim/rfc7644-discovery.test.ts', 'src/protocols/scim/discovery.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.3',
    honoured: 'yes',
    how: 'Who is inactive, or remembered without an address, comes back with the same id when created again; else 409.',
    tests: ['test/scim/rfc7644-create.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.4.1, §3.4.2',
    honoured: 'yes',
    how: 'Every operator of the grammar, nested, with URNs and value paths, as SQL; and beyond it `emails[type eq "work"].value eq …`, which Entra sends.',
    tests: [
      'test/scim/rfc7644-read.test.ts',
      'test/scim/rfc7644-filter.test.ts',
      'test/scim/rfc7644-list-options.test.ts',
    ],
  },
  {
    clause: 'RFC 7644 §3.4.3',
    honoured: 'yes',
    how: '`/.search` of the root, of users and of groups.',
    tests: ['test/scim/rfc7644-root-search.test.ts', 'test/scim/rfc7644-list-options.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.5.1',
    honoured: 'yes',
    how: 'PUT never creates, and ignores what is read-only.',
    tests: ['test/scim/rfc7644-replace.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.5.2',
    honoured: 'yes',
    how: 'All operations or none. A changed group is answered with 204 unless `attributes` are asked for; `replace` of `x[type eq "t"].y` without a match makes the element, as Entra needs.',
    tests: ['test/scim/rfc7644-patch.test.ts', 'src/protocols/scim/patch.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.6',
    honoured: 'yes',
    how: '204, and 404 ever after.',
    tests: ['test/scim/rfc7644-delete.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.7',
    honoured: 'yes',
    how: 'References in any order. People who refer to each other are made and then referred to; where that fails nothing is left of it, and who was brought back for it is who they had been. Groups in a circle are 409.',
    tests: ['test/scim/rfc7644-bulk.test.ts', 'src/protocols/scim/bulk.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.9, §3.10',
    honoured: 'yes',
    how: '`attributes` and `excludedAttributes`, of every answer that holds a resource.',
    tests: ['test/scim/rfc7644-list-options.test.ts', 'src/protocols/scim/projection.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.11',
    honoured: 'as allowed',
    how: '`/Me` is 501: a bearer token is a directory’s and nobody’s own.',
    tests: ['test/scim/rfc7644-discovery.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.12',
    honoured: 'yes',
    how: 'Every refusal is a SCIM error, those of router, parser and limits too.',
    tests: ['test/scim/hostile.test.ts', 'test/scim/limits.test.ts'],
  },
  {
    clause: 'RFC 7644 §3.14',
    honoured: 'yes',
    how: 'Weak tags; If-Match, If-None-Match, and `version` in bulk. The version of a group shown with members tells of them too.',
    tests: ['test/scim/rfc7644-versions.test.ts', 'src/protocols/scim/etag.test.ts'],
  },
  {
    clause: 'RFC 9865',
    honoured: 'yes',
    how: 'Pages by cursor beside pages by index, sorted ones too.',
    tests: ['test/scim/rfc9865-cursors.test.ts'],
  },
]

/** Each identity provider's requests as it sends them, replayed. */
export const scimDialogues = [
  ['Okta', 'test/scim/dialogue-okta.test.ts'],
  ['Entra ID', 'test/scim/dialogue-entra.test.ts'],
  ['Entra ID with `aadOptscim062020`', 'test/scim/dialogue-entra-aadoptscim.test.ts'],
  ['OneLogin', 'test/scim/dialogue-onelogin.test.ts'],
  ['JumpCloud', 'test/scim/dialogue-jumpcloud.test.ts'],
  ['Rippling', 'test/scim/dialogue-rippling.test.ts'],
  ['PingFederate', 'test/scim/dialogue-ping.test.ts'],
  ['A job that copies Google Workspace', 'test/scim/dialogue-google-shaped.test.ts'],
] as const
