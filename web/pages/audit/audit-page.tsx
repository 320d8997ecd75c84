import { Flex, SegmentedControl, Table, Text } from '@radix-ui/themes'
import { Link, useSearchParams } from 'react-router'
import { type AuditEntry, listAuditEntries, listInstallationAuditEntries } from '#contracts/dashboard-users.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList } from '../../api/queries.ts'
import { pathOfId, usePaths } from '../../paths.ts'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { wordsOfOperation } from './operation.ts'

/** The trail is no part of the log: nothing tells of a new entry. */
const lookAgainMs = 5000

export function AuditPage() {
  const { session } = usePlace()
  const [query, setQuery] = useSearchParams()
  const everywhere = session.user.role === 'owner' && query.get('of') === 'installation'
  return (
    <Page
      title="Audit trail"
      lead="What people changed on this dashboard or tried to, written down before it was done. Changes by API keys are in Requests and Events."
    >
      {session.user.role === 'owner' && (
        <Flex>
          <SegmentedControl.Root
            value={everywhere ? 'installation' : 'environment'}
            aria-label="Whose audit trail"
            onValueChange={(value) => setQuery(value === 'installation' ? { of: value } : {}, { replace: true })}
          >
            <SegmentedControl.Item value="environment">This environment</SegmentedControl.Item>
            <SegmentedControl.Item value="installation">Installation</SegmentedControl.Item>
          </SegmentedControl.Root>
        </Flex>
      )}
      <Entries key={String(everywhere)} everywhere={everywhere} />
    </Page>
  )
}

function Entries({ everywhere }: { readonly everywhere: boolean }) {
  const list = useList(
    everywhere ? listInstallationAuditEntries : listAuditEntries,
    { query: { limit: 50 } },
    { refetchEveryMs: lookAgainMs },
  )
  return (
    <LoadedList
      list={list}
      noun="audit trail"
      empty={
        <Empty title="Nothing was changed yet">
          <Text as="p" size="2">
            Whatever somebody changes on these pages shows here, with who it was and how it was answered.
          </Text>
        </Empty>
      }
    >
      {(entries) => <EntryTable entries={entries} everywhere={everywhere} />}
    </LoadedList>
  )
}

interface TableProps {
  readonly entries: readonly AuditEntry[]
  readonly everywhere: boolean
}

function EntryTable({ entries, everywhere }: TableProps) {
  const { session } = usePlace()
  const nameOf = (id: string | null) => session.environments.find((each) => each.id === id)?.name ?? id
  return (
    <Rows columns={['What', 'Object', 'Who', 'Environment', 'Answer', 'When']} isDense>
      {entries.map((entry) => (
        <Table.Row key={entry.id}>
          <Table.RowHeaderCell>
            {wordsOfOperation(entry.operation)}
            <Text as="div" size="1" className="soft code breaks">
              {entry.request_id}
            </Text>
          </Table.RowHeaderCell>
          <Table.Cell className="breaks">
            <Target entry={entry} />
          </Table.Cell>
          <Table.Cell className="breaks">
            {entry.email}
            <Text as="div" size="1" className="soft">
              {entry.ip_address}
            </Text>
          </Table.Cell>
          {everywhere && <Table.Cell>{nameOf(entry.environment_id) ?? 'the installation'}</Table.Cell>}
          <Table.Cell>
            {entry.status === null ? <span className="soft">none</span> : <StatusBadge status={entry.status} />}
          </Table.Cell>
          <Table.Cell>
            <Time value={entry.created_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}

/** Other environments' objects have their pages over there. */
function Target({ entry: { target, environment_id } }: { readonly entry: AuditEntry }) {
  const { environment } = usePlace()
  const paths = usePaths()
  if (target === null) return undefined
  const path = environment_id === environment.id ? pathOfId(paths, target) : undefined
  return path === undefined ? <span className="code">{target}</span> : <Link to={path}>{target}</Link>
}
