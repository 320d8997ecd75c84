import { Badge, Flex, Table, Text } from '@radix-ui/themes'
import { useDeferredValue, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import {
  listOrganizationSummaries,
  mostCountedMembers,
  type OrganizationSummary,
} from '#contracts/organization-summaries.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Snippet } from '../../ui/copy.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { ForLooking } from '../../ui/read-only.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { CreateOrganization } from './create-organization.tsx'
import { DomainBadge } from './domain-badge.tsx'

const snippet = `const organization = await workos.organizations.createOrganization({
  name: 'Acme',
  domainData: [{ domain: 'acme.com', state: 'verified' }],
})`

export function OrganizationsPage() {
  const { readOnly } = usePlace()
  const [query, setQuery] = useSearchParams()
  const search = query.get('search') ?? ''
  const looked = useDeferredValue(search.trim())
  const list = useList(listOrganizationSummaries, { query: { limit: 25, ...(looked !== '' && { search: looked }) } })
  const [creating, setCreating] = useState(false)
  const create = (
    <ActionButton reason={readOnly} onClick={() => setCreating(true)}>
      Create organization
    </ActionButton>
  )
  return (
    <Page
      title="Organizations"
      lead="An organization is a customer of yours: its people, its domains, how they sign in and how they are provisioned."
      actions={create}
    >
      <ForLooking>
        <div className="search">
          <TextInput
            label="Search"
            type="search"
            value={search}
            placeholder="Part of a name"
            onChange={(value) => setQuery(value === '' ? {} : { search: value }, { replace: true })}
          />
        </div>
      </ForLooking>
      <LoadedList
        list={list}
        noun="list of organizations"
        empty={
          looked === '' ? (
            <Empty title="No organizations yet">
              <Text as="p" size="2">
                Create one here for each customer company, or from your application:
              </Text>
              <Snippet value={snippet} name="code" />
              {create}
            </Empty>
          ) : (
            <Empty title="None has that name">
              <Text as="p" size="2">
                Looking for a domain or an id? Press ⌘K and paste it.
              </Text>
            </Empty>
          )
        }
      >
        {(summaries) => <OrganizationTable summaries={summaries} />}
      </LoadedList>
      {creating && <CreateOrganization onClose={() => setCreating(false)} />}
    </Page>
  )
}

function OrganizationTable({ summaries }: { readonly summaries: readonly OrganizationSummary[] }) {
  return (
    <Rows columns={['Name', 'Domains', 'SSO', 'Directory', { text: 'Members', align: 'right' }, 'Created']}>
      {summaries.map((summary) => (
        <OrganizationRow key={summary.id} summary={summary} />
      ))}
    </Rows>
  )
}

function OrganizationRow({ summary }: { readonly summary: OrganizationSummary }) {
  const paths = usePaths()
  const { id, organization, connection, directory, members } = summary
  return (
    <Table.Row className="linked">
      <Table.RowHeaderCell>
        <Link to={paths.organization(id)}>{organization.name}</Link> {id === 'org_test_idp' && <BuiltIn />}
        <Text as="div" size="1" className="soft code">
          {id}
        </Text>
      </Table.RowHeaderCell>
      <Table.Cell>
        <Flex gap="1" wrap="wrap">
          {organization.domains.map((domain) => (
            <DomainBadge key={domain.id} domain={domain} />
          ))}
        </Flex>
      </Table.Cell>
      <Table.Cell>
        {connection === null ? <None /> : <StateLink to={paths.connection(connection.id)} state={connection.state} />}
      </Table.Cell>
      <Table.Cell>
        {directory === null ? <None /> : <StateLink to={paths.directory(directory.id)} state={directory.state} />}
      </Table.Cell>
      <Table.Cell align="right" className="numbers">
        {members === mostCountedMembers ? `${members}+` : members}
      </Table.Cell>
      <Table.Cell>
        <Time value={organization.created_at} />
      </Table.Cell>
    </Table.Row>
  )
}

/** Short words: the page behind it says more. */
const words: Readonly<Record<string, string>> = { validating: 'Ready', unlinked: 'Waiting' }

function StateLink({ to, state }: { readonly to: string; readonly state: string }) {
  return (
    <Link to={to} className="plain-link">
      <StateBadge state={state} {...(words[state] !== undefined && { text: words[state] })} />
    </Link>
  )
}

function None() {
  return <span className="soft">none</span>
}

function BuiltIn() {
  return <Badge color="gray">built-in</Badge>
}
