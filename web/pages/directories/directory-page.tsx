import { useEffect } from 'react'
import { useParams } from 'react-router'
import { type ConfiguredDirectory, getDirectory } from '#contracts/directories.ts'
import { providerOf } from '#contracts/guides/providers.ts'
import type { DirectoryId } from '#contracts/ids.ts'
import { getOrganization } from '#contracts/organizations.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyableId } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page } from '../../ui/page.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { PageTabs } from '../../ui/tabs.tsx'
import { DirectoryActions } from './directory-actions.tsx'
import { GroupsTab } from './groups-tab.tsx'
import { MapTab } from './map-tab.tsx'
import { forgetToken } from './new-token.ts'
import { RequestsTab } from './requests-tab.tsx'
import { SetupTab } from './setup-tab.tsx'
import { UsersTab } from './users-tab.tsx'

/** Requests that change nothing leave no event. */
const lookAgainMs = 5000

export function DirectoryPage() {
  const { id } = useParams()
  const params = { id: id as DirectoryId } // the server judges it
  const query = useRead(getDirectory, { params }, { refetchEveryMs: lookAgainMs })
  useEffect(() => forgetToken, [])
  const paths = usePaths()
  return (
    <Loaded query={query} noun="directory" within={{ text: 'Organizations', to: paths.organizations }}>
      {(directory) => <DirectoryView directory={directory} />}
    </Loaded>
  )
}

function DirectoryView({ directory }: { readonly directory: ConfiguredDirectory }) {
  const paths = usePaths()
  const { id, name, type, state, organization_id, metadata } = directory
  const organization = useRead(getOrganization, { params: { id: organization_id } })
  const users = metadata.users.active + metadata.users.inactive
  return (
    <Page
      title={name}
      within={[
        { text: 'Organizations', to: paths.organizations },
        { text: organization.data?.name ?? organization_id, to: paths.organization(organization_id) },
      ]}
      badge={<StateBadge state={state} />}
      lead={
        <>
          {providerOf(type).text} · <CopyableId id={id} />
        </>
      }
      actions={<DirectoryActions directory={directory} />}
    >
      <PageTabs
        tabs={[
          { id: 'setup', text: 'Set-up', content: () => <SetupTab directory={directory} /> },
          { id: 'users', text: `Users ${users}`, content: () => <UsersTab directory={directory} /> },
          { id: 'groups', text: `Groups ${metadata.groups}`, content: () => <GroupsTab directory={directory} /> },
          { id: 'requests', text: 'SCIM requests', content: () => <RequestsTab directory={directory} /> },
          { id: 'map', text: 'Attribute map', content: () => <MapTab directory={directory} /> },
        ]}
      />
    </Page>
  )
}
