import { Callout, Flex, Grid, SegmentedControl, Text } from '@radix-ui/themes'
import { Link, useSearchParams } from 'react-router'
import { getAuthenticationSettings } from '#contracts/authentication-settings.ts'
import { listConnections } from '#contracts/connections.ts'
import { getOrganization, type Organization } from '#contracts/organizations.ts'
import { listRedirectUris } from '#contracts/redirects.ts'
import { listTestSsoRuns, type TestSsoFlow, testSsoScenarios } from '#contracts/test-sso.ts'
import { ApiError } from '../../api/call.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyField, Snippet } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Empty, Page, Section } from '../../ui/page.tsx'
import { AllowGuests } from '../organizations/allow-guests.tsx'
import { ScenarioCard } from './scenario-card.tsx'

/** Made with every staging environment, by that id. */
const testOrganization = 'org_test_idp'

/** No event tells of an exchanged code. */
const lookEveryMs = 1000

export function TestSsoPage() {
  const organization = useRead(getOrganization, { params: { id: testOrganization } })
  return (
    <Page
      title="Test SSO"
      lead="Sign in through a real identity provider that runs beside this server, in the four ways that applications meet."
    >
      {organization.error instanceof ApiError && organization.error.status === 404 ? (
        <Empty title="No Test Organization in this environment">
          <Text as="p" size="2">
            <code>gatehouse dev</code> makes it, with the identity provider behind it, in its staging environment.
            Switch there with the menu at the top left.
          </Text>
        </Empty>
      ) : (
        <Loaded query={organization} noun="Test Organization">
          {(found) => <Scenarios organization={found} />}
        </Loaded>
      )}
    </Page>
  )
}

function Scenarios({ organization }: { readonly organization: Organization }) {
  const paths = usePaths()
  const [query, setQuery] = useSearchParams()
  const flow: TestSsoFlow = query.get('flow') === 'authkit' ? 'authkit' : 'standalone'
  const runs = useList(listTestSsoRuns, { query: { limit: 25 } }, { refetchEveryMs: lookEveryMs })
  const settings = useRead(getAuthenticationSettings, {})
  const redirects = useList(listRedirectUris, { query: { limit: 100 } })
  const redirect = redirects.items.find((each) => each.default)
  const hasNoRedirect = redirects.query.isSuccess && !redirect
  return (
    <Flex direction="column" gap="5">
      {hasNoRedirect && (
        <Callout.Root color="amber">
          <Callout.Text>
            A sign-in has to end somewhere: register a redirect URI under <Link to={paths.redirects}>Redirects</Link>,
            and make it the default.
          </Callout.Text>
        </Callout.Root>
      )}
      <Flex>
        <SegmentedControl.Root
          value={flow}
          aria-label="How your application signs people in"
          onValueChange={(value) => setQuery(value === 'authkit' ? { flow: value } : {}, { replace: true })}
        >
          <SegmentedControl.Item value="standalone">Standalone SSO</SegmentedControl.Item>
          <SegmentedControl.Item value="authkit">AuthKit</SegmentedControl.Item>
        </SegmentedControl.Root>
      </Flex>
      <Grid columns={{ initial: '1', md: '2' }} gap="5" align="start">
        {testSsoScenarios.map((scenario) => (
          <ScenarioCard
            key={scenario + flow}
            scenario={scenario}
            flow={flow}
            run={runs.items.find((run) => run.scenario === scenario && run.flow === flow)}
            reason={reasonFor(scenario, flow, hasNoRedirect, settings.data?.sign_in_endpoint)}
          >
            {scenario === 'guest_email_domain' && <AllowGuests organization={organization} />}
          </ScenarioCard>
        ))}
      </Grid>
      <Needed organization={organization} flow={flow} redirectUri={redirect?.uri} />
    </Flex>
  )
}

function reasonFor(
  scenario: string,
  flow: TestSsoFlow,
  hasNoRedirect: boolean,
  endpoint: string | null | undefined,
): string | undefined {
  if (scenario === 'idp_initiated' && endpoint !== undefined) {
    if (flow === 'authkit' && endpoint === null) return 'Your application has no sign-in endpoint: see Redirects.'
    if (flow === 'standalone' && endpoint !== null) return 'Sign-ins that nobody asked for go to your sign-in endpoint.'
  }
  return hasNoRedirect ? 'There is no default redirect URI to end at.' : undefined
}

interface NeededProps {
  readonly organization: Organization
  readonly flow: TestSsoFlow
  readonly redirectUri: string | undefined
}

function Needed({ organization, flow, redirectUri = 'http://localhost:3000/callback' }: NeededProps) {
  const { environment } = usePlace()
  const connections = useList(listConnections, { query: { organization_id: organization.id, limit: 100 } })
  const connection = connections.items.find(({ connection_type }) => connection_type === 'TestIdp')
  const [call, selector] =
    flow === 'authkit' ? ['userManagement', `provider: 'authkit',\n  organizationId`] : ['sso', 'organization']
  const snippet = `workos.${call}.getAuthorizationUrl({
  ${selector}: '${organization.id}',
  redirectUri: '${redirectUri}',
  clientId: '${environment.client_id}',
})`
  return (
    <Section
      title="What you need"
      lead="In your application, in place of a customer’s organization. A sign-in that begins there counts as well, once its scenario was started here."
    >
      <Flex direction="column" gap="3">
        <CopyField name="Organization ID" value={organization.id} />
        {connection && <CopyField name="Connection ID" value={connection.id} />}
        <CopyField name="Domain" value={organization.domains[0]?.domain ?? 'example.com'} />
        <Snippet value={snippet} name="code" />
        <Snippet value="npx gatehouse test-sso --all" name="command" />
      </Flex>
    </Section>
  )
}
