import { Text } from '@radix-ui/themes'
import { useParams } from 'react-router'
import { getDirectory } from '#contracts/directories.ts'
import { type DirectoryGroup, getDirectoryGroup, listDirectoryUsers } from '#contracts/directory-users.ts'
import type { DirectoryGroupId } from '#contracts/ids.ts'
import { useList, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyableId, CopyTextButton } from '../../ui/copy.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Loaded, LoadedList } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { UserTable } from './users-tab.tsx'

export function DirectoryGroupPage() {
  const { id } = useParams()
  const query = useRead(getDirectoryGroup, { params: { id: id as DirectoryGroupId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="directory group" within={{ text: 'Organizations', to: paths.organizations }}>
      {(group) => <GroupView group={group} />}
    </Loaded>
  )
}

function GroupView({ group }: { readonly group: DirectoryGroup }) {
  const paths = usePaths()
  const directory = useRead(getDirectory, { params: { id: group.directory_id } })
  const members = useList(listDirectoryUsers, { query: { group: group.id, limit: 50 } })
  return (
    <Page
      title={group.name}
      within={[
        { text: directory.data?.name ?? group.directory_id, to: `${paths.directory(group.directory_id)}?tab=groups` },
      ]}
      lead={<CopyableId id={group.id} />}
      actions={
        <CopyTextButton value={`await workos.directorySync.getGroup('${group.id}')`} name="SDK call">
          Copy SDK call
        </CopyTextButton>
      }
    >
      <Section title="Members">
        <LoadedList
          list={members}
          noun="list of members"
          empty={
            <Text as="p" size="2" className="soft flush">
              None.
            </Text>
          }
        >
          {(users) => <UserTable users={users} />}
        </LoadedList>
      </Section>
      <Section title="JSON" lead="As the API answers it.">
        <JsonView value={group} />
      </Section>
    </Page>
  )
}
