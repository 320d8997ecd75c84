import { Flex, Table, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import { listSignInAttempts, type SignInAttempt } from '#contracts/sign-in-attempts.ts'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { FailedFilter, useFailedFilter } from '../../ui/failed-filter.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'

export function AttemptsTab({ connection }: { readonly connection: ConfiguredConnection }) {
  const { failed, setFailed } = useFailedFilter()
  const list = useList(listSignInAttempts, {
    query: { connection_id: connection.id, limit: 25, ...(failed && { failed }) },
  })
  return (
    <Flex direction="column" gap="4" align="stretch">
      <FailedFilter label="Which attempts" failed={failed} onChange={setFailed} />
      <LoadedList
        list={list}
        noun="list of sign-in attempts"
        empty={
          <Empty title={failed ? 'None has failed' : 'Nobody has tried yet'}>
            <Text as="p" size="2">
              Each sign-in through this connection shows here as it goes, with what was wrong if it fails. Try one with
              Test sign-in above.
            </Text>
          </Empty>
        }
      >
        {(attempts) => <AttemptTable attempts={attempts} />}
      </LoadedList>
    </Flex>
  )
}

function AttemptTable({ attempts }: { readonly attempts: readonly SignInAttempt[] }) {
  const paths = usePaths()
  return (
    <Rows columns={['When', 'Who', 'Began at', 'State', 'Reason']}>
      {attempts.map(({ id, created_at, email, origin, state, error }) => (
        <Table.Row key={id} className="linked">
          <Table.RowHeaderCell>
            <Link to={paths.attempt(id)}>
              <Time value={created_at} />
            </Link>
          </Table.RowHeaderCell>
          <Table.Cell className="breaks">{email ?? 'unknown'}</Table.Cell>
          <Table.Cell>{origin === 'sp' ? 'application' : 'identity provider'}</Table.Cell>
          <Table.Cell>
            <StateBadge state={state} />
          </Table.Cell>
          <Table.Cell className="breaks">{error?.message}</Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
