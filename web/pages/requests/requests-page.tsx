import { Table, Text } from '@radix-ui/themes'
import { useDeferredValue } from 'react'
import { useSearchParams } from 'react-router'
import { type ApiRequest, listApiRequests } from '#contracts/request-logs.ts'
import { useList } from '../../api/queries.ts'
import { FailedFilter, useFailedFilter } from '../../ui/failed-filter.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { ForLooking } from '../../ui/read-only.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { FailureSection } from './failure-section.tsx'

/** Reading leaves no event. */
const lookAgainMs = 4000

export function RequestsPage() {
  const { failed, setFailed } = useFailedFilter()
  const [query, setQuery] = useSearchParams()
  const id = query.get('id') ?? ''
  const looked = useDeferredValue(id.trim())
  const list = useList(
    listApiRequests,
    { query: { limit: 50, ...(failed && { failed }), ...(looked !== '' && { request_id: looked }) } },
    { refetchEveryMs: lookAgainMs },
  )
  return (
    <Page
      title="Requests"
      lead="Calls of the API by your applications. An error in an SDK carries the request id that finds its call here."
    >
      <ForLooking>
        <div className="search">
          <TextInput
            label="Request id"
            type="search"
            value={id}
            onChange={(value) => setQuery(value === '' ? {} : { id: value }, { replace: true })}
          />
        </div>
      </ForLooking>
      <FailedFilter label="Which requests" failed={failed} onChange={setFailed} />
      {failed && looked === '' && <FailureSection refetchEveryMs={lookAgainMs} />}
      <LoadedList
        list={list}
        noun="list of requests"
        empty={
          <Empty title={looked === '' && !failed ? 'No call yet' : 'No such call'}>
            <Text as="p" size="2">
              Calls show here a moment after they were answered, and are kept for a while.
            </Text>
          </Empty>
        }
      >
        {(requests) => <RequestTable requests={requests} />}
      </LoadedList>
    </Page>
  )
}

function RequestTable({ requests }: { readonly requests: readonly ApiRequest[] }) {
  return (
    <Rows columns={['Request', 'Status', 'Client', 'Time', 'When']} isDense>
      {requests.map(({ id, request_id, method, path, status, error_code, client, duration_ms, created_at }) => (
        <Table.Row key={id}>
          <Table.RowHeaderCell className="breaks">
            {method} {path}
            <Text as="div" size="1" className="soft code">
              {request_id}
            </Text>
          </Table.RowHeaderCell>
          <Table.Cell>
            <StatusBadge status={status} />{' '}
            {error_code !== null && (
              <Text size="1" className="breaks">
                {error_code}
              </Text>
            )}
          </Table.Cell>
          <Table.Cell className="breaks">{client}</Table.Cell>
          <Table.Cell className="numbers">{duration_ms} ms</Table.Cell>
          <Table.Cell>
            <Time value={created_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
