import type { EnvironmentId, TestSsoRunId } from '#contracts/ids.ts'
import type { TestSsoRun, TestSsoRunCreate } from '#contracts/test-sso.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { readSettings } from '../authentication/settings.ts'
import { optionsOf, serviceProvider } from '../connections/present.ts'
import { readConnectionRow } from '../connections/read.ts'
import { BadRequest } from '../errors.ts'
import { readOrganization } from '../organizations/read.ts'
import { chooseRedirect } from '../redirects/resolve.ts'
import { testOrganizationId } from '../seeds/sample.ts'
import { presentTestRun } from './runs.ts'

/**
 * Begins a scenario: remembers what should come of it, and says where a browser is to go.
 * @throws BadRequest `test_sso_unavailable` where the test identity provider is not connected,
 *   `redirect_uri_not_registered`, `scenario_needs_standalone` or `scenario_needs_authkit`.
 */
export async function startTestRun(work: Work, input: TestSsoRunCreate, baseUrl: string): Promise<TestSsoRun> {
  const { scenario, flow = 'standalone' } = input
  if (scenario === 'idp_initiated') await requireEnd(work, flow)
  const connection = await findTestConnection(work)
  const redirects = await work.tx
    .selectFrom('redirect_uris')
    .select(['uri', 'is_default'])
    .where('environment_id', '=', work.environment)
    .execute()
  const redirectUri = chooseRedirect(redirects, scenario === 'idp_initiated' ? undefined : input.redirect_uri)
  if (redirectUri === undefined)
    throw new BadRequest(
      'A sign-in has to end somewhere: give a registered redirect_uri, or make one the default.',
      'redirect_uri_not_registered',
    )
  const organization = await readOrganization(work.tx, work.environment, testOrganizationId)
  const id = newId('testSsoRun', work.now)
  const run = {
    id,
    scenario,
    flow,
    connection_id: connection.id,
    url:
      scenario === 'idp_initiated'
        ? launchUrl(connection, baseUrl)
        : authorizeUrl(await readClientId(work), { id, flow, connection: connection.id, redirectUri, baseUrl }),
    redirect_uri: redirectUri,
    guests_allowed: organization.allow_profiles_outside_organization,
    created_at: work.now,
  }
  await work.tx
    .insertInto('test_sso_runs')
    .values({ environment_id: work.environment, ...run })
    .execute()
  return presentTestRun(run, undefined, work.now)
}

/** Whether the environment has a sign-in endpoint decides how a sign-in ends that nobody asked for. */
async function requireEnd(work: Work, flow: TestSsoRun['flow']): Promise<void> {
  const { sign_in_endpoint: endpoint } = await readSettings(work.tx, work.environment)
  if (flow === 'authkit' && endpoint === null)
    throw new BadRequest(
      'A sign-in that nobody asked for gives the application a code of standalone SSO: begin it with flow "standalone", or set sign_in_endpoint in the authentication settings.',
      'scenario_needs_standalone',
    )
  if (flow === 'standalone' && endpoint !== null)
    throw new BadRequest(
      `A sign-in that nobody asked for goes to the sign-in endpoint ${endpoint}: begin it with flow "authkit", or take sign_in_endpoint out of the authentication settings.`,
      'scenario_needs_authkit',
    )
}

async function findTestConnection(work: Work) {
  const found = await work.tx
    .selectFrom('connections')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', testOrganizationId)
    .where('connection_type', '=', 'TestIdp')
    .where('state', 'in', ['active', 'validating'])
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  const connection = found && (await readConnectionRow(work.tx, work.environment, found.id))
  if (connection?.idp_sso_redirect_url != null)
    return { ...connection, idp_sso_redirect_url: connection.idp_sso_redirect_url }
  throw new BadRequest(
    `The Test Organization ${testOrganizationId} has no working connection to the test identity provider; gatehouse dev makes one for staging environments.`,
    'test_sso_unavailable',
  )
}

/** The application's tile at the test identity provider. */
function launchUrl(connection: Awaited<ReturnType<typeof findTestConnection>>, baseUrl: string): string {
  const { entityId, acsUrl } = serviceProvider(baseUrl, connection.external_key, optionsOf(connection))
  const url = new URL('./launch', connection.idp_sso_redirect_url)
  url.searchParams.set('sp', entityId)
  url.searchParams.set('acs_url', acsUrl)
  return url.href
}

interface Asked {
  readonly id: TestSsoRunId
  readonly flow: TestSsoRun['flow']
  readonly connection: string
  readonly redirectUri: string
  readonly baseUrl: string
}

/** The login box is sent to the connection by name: of an organization it takes only one that somebody used before. */
function authorizeUrl(clientId: string, { id, flow, connection, redirectUri, baseUrl }: Asked): string {
  const url = new URL(flow === 'authkit' ? '/user_management/authorize' : '/sso/authorize', baseUrl)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    ...(flow === 'authkit' ? { connection_id: connection } : { organization: testOrganizationId }),
    redirect_uri: redirectUri,
    state: id,
    // Whoever is signed in already would be let through without seeing the identity provider.
    ...(flow === 'authkit' && { prompt: 'login' }),
  }).toString()
  return url.href
}

async function readClientId(work: Work): Promise<string> {
  const { client_id: clientId } = await work.tx
    .selectFrom('environments')
    .select('client_id')
    .where('id', '=', work.environment satisfies EnvironmentId)
    .executeTakeFirstOrThrow()
  return clientId
}
