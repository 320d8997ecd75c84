import { Table, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import { type DirectoryGroup, listDirectoryGroups } from '#contracts/directory-users.ts'
import { scimGuideFor } from '#contracts/guides/find-guide.ts'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'

export function GroupsTab({ directory }: { readonly directory: ConfiguredDirectory }) {
  const list = useList(listDirectoryGroups, { query: { directory: directory.id, limit: 50 } })
  const { provider } = scimGuideFor(directory.type)
  return (
    <LoadedList
      list={list}
      noun="list of groups"
      empty={
        <Empty title="No groups yet">
          <Text as="p" size="2">
            Push groups from {provider}. Assigning people by a group does not push the group itself.
          </Text>
        </Empty>
      }
    >
      {(groups) => <GroupTable groups={groups} />}
    </LoadedList>
  )
}

export function GroupTable({ groups }: { readonly groups: readonly DirectoryGroup[] }) {
  const paths = usePaths()
  return (
    <Rows columns={['Name', 'Id over there', 'Updated']}>
      {groups.map(({ id, name, idp_id, updated_at }) => (
        <Table.Row key={id} className="linked">
          <Table.RowHeaderCell>
            <Link to={paths.directoryGroup(id)}>{name}</Link>
          </Table.RowHeaderCell>
          <Table.Cell className="breaks">{idp_id}</Table.Cell>
          <Table.Cell>
            <Time value={updated_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
