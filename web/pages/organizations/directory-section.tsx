import { Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link } from 'react-router'
import { listDirectories } from '#contracts/directories.ts'
import { providerOf } from '#contracts/guides/providers.ts'
import type { Organization } from '#contracts/organizations.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { CreateDirectory } from './create-directory.tsx'

export function DirectorySection({ organization }: { readonly organization: Organization }) {
  const paths = usePaths()
  const { readOnly } = usePlace()
  const list = useList(listDirectories, { query: { organization_id: organization.id, limit: 100 } })
  const [creating, setCreating] = useState(false)
  return (
    <Section
      title="Directory Sync"
      lead="The identity provider creates, updates and removes this organization’s people and groups here."
      actions={
        <ActionButton
          reason={readOnly}
          variant={list.items.length > 0 ? 'soft' : 'solid'}
          onClick={() => setCreating(true)}
        >
          Configure manually
        </ActionButton>
      }
    >
      <LoadedList
        list={list}
        noun="list of directories"
        empty={
          <Text as="p" size="2" className="soft">
            No directory yet.
          </Text>
        }
      >
        {(directories) => (
          <Rows>
            {directories.map(({ id, name, type, state, metadata: { users, groups } }) => (
              <Table.Row key={id} className="linked">
                <Table.RowHeaderCell>
                  <Link to={paths.directory(id)}>{name}</Link>
                </Table.RowHeaderCell>
                <Table.Cell>{providerOf(type).text}</Table.Cell>
                <Table.Cell>
                  {users.active} users, {groups} groups
                </Table.Cell>
                <Table.Cell>
                  <StateBadge state={state} />
                </Table.Cell>
              </Table.Row>
            ))}
          </Rows>
        )}
      </LoadedList>
      {creating && <CreateDirectory organization={organization} onClose={() => setCreating(false)} />}
    </Section>
  )
}
