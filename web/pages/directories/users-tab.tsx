import { Flex, Table, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import { type DirectoryUserWithGroups, listDirectoryUsers } from '#contracts/directory-users.ts'
import { scimGuideFor } from '#contracts/guides/find-guide.ts'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { useAddressSearch } from '../../ui/address-search.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'

export function UsersTab({ directory }: { readonly directory: ConfiguredDirectory }) {
  const search = useAddressSearch()
  const list = useList(listDirectoryUsers, { query: { directory: directory.id, limit: 50, ...search.filter } })
  const { provider } = scimGuideFor(directory.type)
  return (
    <Flex direction="column" gap="4">
      {search.field}
      <LoadedList
        list={list}
        noun="list of users"
        empty={
          search.filter.email === undefined ? (
            <Empty title="Nobody yet">
              <Text as="p" size="2">
                Assign people to the application in {provider}. They show here by themselves.
              </Text>
              {location.hostname === 'localhost' && (
                <Text as="p" size="2">
                  No identity provider at hand? The test identity provider on this machine pushes people too: open
                  /test-idp and choose Apps with provisioning.
                </Text>
              )}
            </Empty>
          ) : (
            <Empty title="Nobody has that address">
              <Text as="p" size="2">
                It has to be the whole address.
              </Text>
            </Empty>
          )
        }
      >
        {(users) => <UserTable users={users} />}
      </LoadedList>
    </Flex>
  )
}

export function UserTable({ users }: { readonly users: readonly DirectoryUserWithGroups[] }) {
  const paths = usePaths()
  return (
    <Rows columns={['Name', 'E-mail', 'Groups', 'State', 'Updated']}>
      {users.map(({ id, name, username, email, groups, state, updated_at }) => (
        <Table.Row key={id} className="linked">
          <Table.RowHeaderCell>
            <Link to={paths.directoryUser(id)}>{name ?? username ?? id}</Link>
          </Table.RowHeaderCell>
          <Table.Cell>{email}</Table.Cell>
          <Table.Cell>{groups.map((group) => group.name).join(', ')}</Table.Cell>
          <Table.Cell>
            <StateBadge state={state} />
          </Table.Cell>
          <Table.Cell>
            <Time value={updated_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
