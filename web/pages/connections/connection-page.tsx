import { useParams } from 'react-router'
import { type ConfiguredConnection, getConnection } from '#contracts/connections.ts'
import { providerOf } from '#contracts/guides/providers.ts'
import type { ConnectionId } from '#contracts/ids.ts'
import { getOrganization } from '#contracts/organizations.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyableId } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page } from '../../ui/page.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { PageTabs } from '../../ui/tabs.tsx'
import { AttemptsTab } from '../attempts/attempts-tab.tsx'
import { AttributesTab } from './attributes-tab.tsx'
import { ConfigurationTab } from './configuration-tab.tsx'
import { ConnectionActions } from './connection-actions.tsx'
import { OptionsTab } from './options-tab.tsx'

export function ConnectionPage() {
  const { id } = useParams()
  const query = useRead(getConnection, { params: { id: id as ConnectionId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="connection" within={{ text: 'Organizations', to: paths.organizations }}>
      {(connection) => <ConnectionView connection={connection} />}
    </Loaded>
  )
}

function ConnectionView({ connection }: { readonly connection: ConfiguredConnection }) {
  const paths = usePaths()
  const { id, name, connection_type, organization_id } = connection
  const organization = useRead(getOrganization, { params: { id: organization_id } })
  return (
    <Page
      title={name}
      within={[
        { text: 'Organizations', to: paths.organizations },
        { text: organization.data?.name ?? organization_id, to: paths.organization(organization_id) },
      ]}
      badge={<ConnectionState connection={connection} />}
      lead={
        <>
          {providerOf(connection_type).text} · <CopyableId id={id} />
        </>
      }
      actions={<ConnectionActions connection={connection} />}
    >
      <PageTabs
        tabs={[
          { id: 'configuration', text: 'Configuration', content: () => <ConfigurationTab connection={connection} /> },
          { id: 'attempts', text: 'Sign-in attempts', content: () => <AttemptsTab connection={connection} /> },
          {
            id: 'attributes',
            text: 'Attribute map',
            content: () => <AttributesTab connection={connection} />,
          },
          { id: 'options', text: 'Options', content: () => <OptionsTab connection={connection} /> },
        ]}
      />
    </Page>
  )
}

/** Inactive means two things: not configured yet, or switched off. */
function ConnectionState({ connection }: { readonly connection: ConfiguredConnection }) {
  const isUnconfigured = connection.state === 'inactive' && connection.idp_entity_id === null
  return <StateBadge state={connection.state} {...(isUnconfigured && { text: 'Not configured yet' })} />
}
