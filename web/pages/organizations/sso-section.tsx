import { Callout, Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link } from 'react-router'
import { listConnections } from '#contracts/connections.ts'
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
import { CreateConnection } from './create-connection.tsx'

export function SsoSection({ organization }: { readonly organization: Organization }) {
  const paths = usePaths()
  const { readOnly } = usePlace()
  const list = useList(listConnections, { query: { organization_id: organization.id, limit: 100 } })
  const [creating, setCreating] = useState(false)
  return (
    <Section
      title="Single Sign-On"
      lead="People of this organization sign in with their company’s identity provider."
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
        noun="list of connections"
        empty={
          <Text as="p" size="2" className="soft">
            No connection yet.
          </Text>
        }
      >
        {(connections) => (
          <Flex direction="column" gap="3">
            {connections.filter(({ state }) => state === 'active').length > 1 && (
              <Callout.Root color="amber" size="1">
                <Callout.Text>
                  Two active connections: an application that asks for the organization gets the one that was activated
                  first. Name the connection instead to choose.
                </Callout.Text>
              </Callout.Root>
            )}
            <Rows>
              {connections.map(({ id, name, connection_type, state }) => (
                <Table.Row key={id} className="linked">
                  <Table.RowHeaderCell>
                    <Link to={paths.connection(id)}>{name}</Link>
                  </Table.RowHeaderCell>
                  <Table.Cell>{providerOf(connection_type).text}</Table.Cell>
                  <Table.Cell>
                    <StateBadge state={state} />
                  </Table.Cell>
                </Table.Row>
              ))}
            </Rows>
          </Flex>
        )}
      </LoadedList>
      {creating && <CreateConnection organization={organization} onClose={() => setCreating(false)} />}
    </Section>
  )
}
