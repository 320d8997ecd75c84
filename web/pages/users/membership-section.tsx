import { Table, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import { listOrganizationMemberships } from '#contracts/memberships.ts'
import type { User } from '#contracts/users.ts'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'

export function MembershipSection({ user }: { readonly user: User }) {
  const paths = usePaths()
  const list = useList(listOrganizationMemberships, {
    query: { user_id: user.id, statuses: ['active', 'inactive', 'pending'], limit: 50 },
  })
  return (
    <Section title="Organizations">
      <LoadedList
        list={list}
        noun="list of memberships"
        empty={
          <Text as="p" size="2" className="soft flush">
            A member of none.
          </Text>
        }
      >
        {(memberships) => (
          <Rows>
            {memberships.map(({ id, organization_id, organization_name, roles, status, directory_managed }) => (
              <Table.Row key={id}>
                <Table.RowHeaderCell>
                  <Link to={paths.organization(organization_id)}>{organization_name}</Link>
                </Table.RowHeaderCell>
                <Table.Cell>{roles.map(({ slug }) => slug).join(', ')}</Table.Cell>
                <Table.Cell>{directory_managed && 'by the directory'}</Table.Cell>
                <Table.Cell>
                  <StateBadge state={status} />
                </Table.Cell>
              </Table.Row>
            ))}
          </Rows>
        )}
      </LoadedList>
    </Section>
  )
}
