/** A suite that others wrote for SCIM servers, and what came of running it against this one. */
interface OutsideSuite {
  readonly name: string
  readonly commit: string
  /** Absent when it could not be run. */
  readonly ran?: { readonly on: string; readonly passed: number; readonly failed: number; readonly skipped: number }
  /** What was changed so that it runs. */
  readonly adapted?: string
  /** Why each failure stands, with the clause; or what stood in the way of running it. */
  readonly reasons: readonly string[]
}

const patchedGroups =
  'A changed group is answered with 204 and no body: RFC 7644 §3.5.2 allows either answer, and this one does not grow with the group. `attributes` asks for the other.'
const addresses = 'user names are addresses, because a person here needs an e-mail address'
const onlyNpmAndDebian = 'Its libraries are in Maven Central, which the machine cannot reach.'

/** Recorded by hand after each run: the suites are no part of this repository. */
export const outsideSuites: readonly OutsideSuite[] = [
  {
    name: 'okta/okta-developer-docs, Okta SCIM 2.0 Spec Test',
    commit: '468de9c511',
    ran: { on: '2026-11-27', passed: 52, failed: 0, skipped: 0 },
    adapted:
      'its steps were sent by a small program instead of Runscope; its one script (groups are an array) was not run',
    reasons: [],
  },
  {
    name: 'okta/okta-developer-docs, the Spec Test’s older form',
    commit: '468de9c511',
    ran: { on: '2026-11-27', passed: 44, failed: 0, skipped: 0 },
    adapted: 'likewise; its two scripts were not run',
    reasons: [],
  },
  {
    name: 'okta/okta-developer-docs, Okta SCIM 2.0 CRUD Test',
    commit: '468de9c511',
    reasons: [
      'It drives an organization at Okta. What Okta then sends is replayed in `test/scim/dialogue-okta.test.ts`.',
    ],
  },
  {
    name: 'thomaselliottbetz/scim-sanity 0.7.2',
    commit: '86c84be',
    ran: { on: '2026-11-27', passed: 25, failed: 3, skipped: 3 },
    reasons: [`Three: ${patchedGroups}`, 'Skipped: agents, a draft that is not offered.'],
  },
  {
    name: 'python-scim/scim2-tester 0.2.8',
    commit: '84e6560',
    ran: { on: '2026-11-27', passed: 123, failed: 3, skipped: 0 },
    adapted: `${addresses}; its models were told of \`pagination\` (RFC 9865 §4), which they refuse`,
    reasons: [
      'Two compare members with what was sent and find the `display` that the server adds (RFC 7643 §2.4).',
      'One removes `active`: nobody is neither active nor not, so it goes back to true, its default.',
    ],
  },
  {
    name: 'scim2/test-suite',
    commit: '3d80a46',
    ran: { on: '2026-11-27', passed: 115, failed: 10, skipped: 20 },
    adapted: `${addresses}; built with Go 1.19, which wants older words for a few things`,
    reasons: [
      'Seven, and eighteen of the skipped, ask for `/TestResources`, a resource type of the suite’s own server.',
      'One asks for a member’s `$ref` with its own base address put before the absolute one (RFC 7643 §2.3.7).',
      'One sends a filter to `/ServiceProviderConfig` and wants 200: RFC 7644 §4 says 403 where there is a filter.',
      'One replaces `emails[type eq "nonexistent"].value` and wants noTarget (RFC 7644 §3.5.2.3). It is right, and the difference deliberate: Entra sends this for addresses that are not there yet.',
    ],
  },
  {
    name: 'limosa-io/scimverify',
    commit: 'a2e652c',
    ran: { on: '2026-11-27', passed: 25, failed: 4, skipped: 0 },
    adapted: 'it looks for a resource type `Users`; RFC 7643 §6 names it `User`. One user was made beforehand',
    reasons: [
      'Two put the attributes of the core schema below its URN: RFC 7643 §3.1 and §3.3 have them at the top, and only extensions below theirs.',
      'One wants invalidSyntax, and the status as a number, where a required value is missing: RFC 7644 §3.12 says invalidValue, and a text.',
      `One: ${patchedGroups}`,
    ],
  },
  { name: 'scimsandbox/scim-validator', commit: '561ce97', reasons: [onlyNpmAndDebian] },
  { name: 'suvera/scim2-compliance-test-utility', commit: '12673cf', reasons: [onlyNpmAndDebian] },
  { name: 'wso2-incubator/scim2-compliance-test-suite', commit: 'd267cab', reasons: [onlyNpmAndDebian] },
]
