import { listConnections } from '#contracts/connections.ts'
import { listDirectories } from '#contracts/directories.ts'
import { listEnvironmentApiKeys } from '#contracts/environments.ts'
import { listLogStreams } from '#contracts/log-streams.ts'
import { listOrganizations } from '#contracts/organizations.ts'
import { listRedirectUris } from '#contracts/redirects.ts'
import { listSignInAttempts } from '#contracts/sign-in-attempts.ts'
import { listWebhookEndpoints } from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { type ListRead, useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { Time } from '../../ui/time.tsx'
import type { ChecklistStep } from './checklist.tsx'

const all = { query: { limit: 100 } } as const

/** The use of a key is noted with no event, a few seconds later. */
const lookAgainMs = 10_000

/** What shows how far somebody has come. */
function useEvidence() {
  const { environment } = usePlace()
  return {
    keys: useList(
      listEnvironmentApiKeys,
      { params: { environment_id: environment.id }, ...all },
      { refetchEveryMs: lookAgainMs },
    ),
    organizations: useList(listOrganizations, all),
    connections: useList(listConnections, all),
    directories: useList(listDirectories, all),
    redirects: useList(listRedirectUris, all),
    attempts: useList(listSignInAttempts, { query: { limit: 25 } }),
    streams: useList(listLogStreams, all),
    webhooks: useList(listWebhookEndpoints, all),
  }
}

interface SetUp {
  readonly steps: readonly ChecklistStep[]
  /** Before all of them are read the steps say nothing. */
  readonly lists: readonly ListRead<unknown>[]
}

/** The way through the set-up, each step with what shows that it was done. */
export function useChecklist(): SetUp {
  const paths = usePaths()
  const evidence = useEvidence()
  const organizations = evidence.organizations.items.filter(({ id }) => id !== 'org_test_idp')
  const connections = evidence.connections.items.filter(({ connection_type }) => connection_type !== 'TestIdp')
  const [directories, redirects] = [evidence.directories.items, evidence.redirects.items]
  const [streams, webhooks] = [evidence.streams.items, evidence.webhooks.items]
  const used = evidence.keys.items
    .flatMap(({ last_used_at, last_used_by }) =>
      last_used_at === null ? [] : [{ at: last_used_at, by: last_used_by }],
    )
    .toSorted((one, other) => (one.at < other.at ? 1 : -1))[0]
  const active = connections.find(({ state }) => state === 'active')
  const linked = directories.find(({ state }) => state === 'linked')
  const signedIn = evidence.attempts.items.find(({ state }) => state === 'succeeded')
  const organization = organizations[0]
  const steps: ChecklistStep[] = [
    {
      text: 'Call the API',
      done: used !== undefined,
      note: used ? (
        <>
          called by {used.by ?? 'somebody'} <Time value={used.at} />
        </>
      ) : (
        'Copy a key and the client id into your application.'
      ),
      to: paths.apiKeys,
    },
    {
      text: 'Create an organization',
      done: organization !== undefined,
      note: organization?.name ?? 'One for each customer company.',
      to: paths.organizations,
    },
    {
      text: 'Connect its identity provider',
      done: active !== undefined,
      note: active
        ? `${active.name} is active`
        : connections.length > 0
          ? 'A connection is waiting: it becomes active with its first sign-in.'
          : 'Single Sign-On, Configure manually, on the organization’s page.',
      to: active ? paths.connection(active.id) : paths.organizations,
    },
    {
      text: 'Sync its directory',
      done: linked !== undefined,
      note: linked
        ? `${linked.name}: ${linked.metadata.users.active} users, ${linked.metadata.groups} groups`
        : directories.length > 0
          ? 'A directory is waiting for its first request.'
          : 'Directory Sync, Configure manually, on the organization’s page.',
      to: linked ? paths.directory(linked.id) : paths.organizations,
    },
    {
      text: 'Set a redirect URI',
      done: redirects.length > 0,
      note: redirects[0]?.uri ?? 'Where your application takes people back.',
      to: paths.redirects,
    },
    {
      text: 'Test the sign-in',
      done: signedIn !== undefined,
      note: signedIn ? (
        <>
          {signedIn.email} signed in <Time value={signedIn.created_at} />
        </>
      ) : (
        'Four scenarios, without a customer’s identity provider.'
      ),
      to: paths.testSso,
    },
    {
      text: 'Receive events',
      done: webhooks.length > 0 || streams.length > 0,
      note:
        webhooks.length + streams.length > 0
          ? `${webhooks.length} webhook endpoints, ${streams.length} log streams`
          : 'Read the Events API, or have events sent to a webhook or to Datadog.',
      to: paths.events,
    },
  ]
  return { steps, lists: Object.values(evidence) }
}
