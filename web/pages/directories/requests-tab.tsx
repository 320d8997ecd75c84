import { Flex, Table, Text } from '@radix-ui/themes'
import { Link, useSearchParams } from 'react-router'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import { listScimRequests, type ScimRequest } from '#contracts/request-logs.ts'
import { useList } from '../../api/queries.ts'
import { FailedFilter, useFailedFilter } from '../../ui/failed-filter.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { RequestDrawer } from './request-drawer.tsx'

/** Most requests change nothing, and leave no event. */
const lookAgainMs = 4000

/** What the identity provider asked for, and what it was told. */
export function RequestsTab({ directory }: { readonly directory: ConfiguredDirectory }) {
  const { failed, setFailed } = useFailedFilter()
  const [query, setQuery] = useSearchParams()
  const list = useList(
    listScimRequests,
    { query: { directory: directory.id, limit: 25, ...(failed && { failed }) } },
    { refetchEveryMs: lookAgainMs },
  )
  const open = query.get('request')
  return (
    <Flex direction="column" gap="4">
      <FailedFilter label="Which requests" failed={failed} onChange={setFailed} />
      <LoadedList
        list={list}
        noun="list of requests"
        empty={
          <Empty title={failed ? 'None was refused' : 'No request yet'}>
            <Text as="p" size="2">
              Every request that the identity provider makes shows here, also those with a wrong token.
            </Text>
          </Empty>
        }
      >
        {(requests) => <RequestTable requests={requests} />}
      </LoadedList>
      {open !== null && (
        <RequestDrawer id={open} onClose={() => setQuery(without(query, 'request'), { replace: true })} />
      )}
    </Flex>
  )
}

/** Which requests are shown stays as it was chosen. */
function without(query: URLSearchParams, name: string): URLSearchParams {
  const next = new URLSearchParams(query)
  next.delete(name)
  return next
}

function RequestTable({ requests }: { readonly requests: readonly ScimRequest[] }) {
  const [query] = useSearchParams()
  const linkTo = (id: string) => `?${new URLSearchParams([...without(query, 'request'), ['request', id]])}`
  return (
    <Rows columns={['Request', 'Status', 'What was wrong', 'Time', 'When']} isDense>
      {requests.map(({ id, method, path, status, reason, hint, rejected_token, duration_ms, created_at }) => (
        <Table.Row key={id} className="linked">
          <Table.RowHeaderCell className="breaks">
            <Link to={linkTo(id)} replace>
              {method} {path}
            </Link>
          </Table.RowHeaderCell>
          <Table.Cell>
            <StatusBadge status={status} />
          </Table.Cell>
          <Table.Cell className="breaks">
            {reason}
            {rejected_token !== null && hint === null && ` Its token ended in ${rejected_token}`}
            {hint !== null && (
              <Text as="div" size="1" className="soft">
                {hint}
              </Text>
            )}
          </Table.Cell>
          <Table.Cell className="numbers">{duration_ms} ms</Table.Cell>
          <Table.Cell>
            <Time value={created_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
