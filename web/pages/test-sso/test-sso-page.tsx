import { Callout, Flex, Grid } from '@radix-ui/themes'
import { Link } from 'react-router'
import { type ConfiguredConnection, getConnection, listConnections } from '#contracts/connections.ts'
import { getOrganization, type Organization } from '#contracts/organizations.ts'
import { listRedirectUris } from '#contracts/redirects.ts'
import { listSignInAttempts } from '#contracts/sign-in-attempts.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyField, Snippet } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ScenarioCard } from './scenario-card.tsx'
import { scenarios } from './scenarios.ts'

/** Made with every staging environment, by that id. */
const testOrganization = 'org_test_idp'

export function TestSsoPage() {
  const organization = useRead(getOrganization, { params: { id: testOrganization } })
  return (
    <Page
      title="Test SSO"
      lead="Sign in through a real identity provider that runs beside this server, in the four ways that applications meet."
    >
      <Loaded query={organization} noun="Test Organization: it is made with staging environments by gatehouse dev">
        {(found) => <Scenarios organization={found} />}
      </Loaded>
    </Page>
  )
}

function Scenarios({ organization }: { readonly organization: Organization }) {
  const paths = usePaths()
  const { environment, session } = usePlace()
  const connections = useList(listConnections, { query: { organization_id: organization.id, limit: 100 } })
  const id = connections.items.find(({ connection_type }) => connection_type === 'TestIdp')?.id
  const connection = useRead(getConnection, { params: { id: id ?? 'conn_none' } }, { enabled: id !== undefined }).data
  const attempts = useList(
    listSignInAttempts,
    { query: { limit: 25, ...(id !== undefined && { connection_id: id }) } },
    { enabled: id !== undefined },
  )
  const redirects = useList(listRedirectUris, { query: { limit: 100 } })
  const redirect = redirects.items.find((each) => each.default) ?? redirects.items[0]
  const snippet = `workos.sso.getAuthorizationUrl({
  organization: '${organization.id}',
  redirectUri: '${redirect?.uri ?? 'http://localhost:3000/callback'}',
  clientId: '${environment.client_id}',
})`
  return (
    <Flex direction="column" gap="5">
      {redirects.query.isSuccess && !redirect && (
        <Callout.Root color="amber">
          <Callout.Text>
            A sign-in has to end somewhere: register a redirect URI under <Link to={paths.redirects}>Redirects</Link>.
          </Callout.Text>
        </Callout.Root>
      )}
      <Grid columns={{ initial: '1', md: '2' }} gap="5">
        {scenarios.map((scenario) => (
          <ScenarioCard
            key={scenario.slug}
            scenario={scenario}
            attempts={attempts.items}
            guestsAllowed={organization.allow_profiles_outside_organization}
            url={urlOf(scenario, connection, {
              server: session.base_url,
              clientId: environment.client_id,
              redirectUri: redirect?.uri,
            })}
          />
        ))}
      </Grid>
      <Section title="What you need" lead="In your application, in place of a customer’s organization.">
        <Flex direction="column" gap="3">
          <CopyField name="Organization ID" value={organization.id} />
          {connection && <CopyField name="Connection ID" value={connection.id} />}
          <CopyField name="Domain" value={organization.domains[0]?.domain ?? 'example.com'} />
          <Snippet value={snippet} name="code" />
        </Flex>
      </Section>
    </Flex>
  )
}

interface Ends {
  readonly server: string
  readonly clientId: string
  readonly redirectUri: string | undefined
}

/** Where the scenario begins, or nothing while something for it is missing. */
function urlOf(
  { begins, email }: (typeof scenarios)[number],
  connection: ConfiguredConnection | undefined,
  { server, clientId, redirectUri }: Ends,
): string | undefined {
  if (!connection?.idp_sso_url || redirectUri === undefined) return undefined
  if (begins === 'identity_provider') {
    const launch = new URL('./launch', connection.idp_sso_url)
    launch.searchParams.set('sp', connection.sp_entity_id)
    launch.searchParams.set('acs_url', connection.acs_url)
    return launch.href
  }
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    organization: testOrganization,
    redirect_uri: redirectUri,
    state: 'from-the-dashboard',
    ...(email !== undefined && { login_hint: email }),
  })
  return `${server}/sso/authorize?${query}`
}
