import { Table, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import { listApiFailures } from '#contracts/request-logs.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'

interface Props {
  readonly refetchEveryMs: number
}

/** A hundred calls that fail alike are one thing to mend. */
export function FailureSection({ refetchEveryMs }: Props) {
  const paths = usePaths()
  const query = useRead(listApiFailures, {}, { refetchEveryMs })
  return (
    <Section title="What fails" lead="Equal failures together, of the latest thousand. The most frequent first.">
      <Loaded query={query} noun="list of failures">
        {({ data }) =>
          data.length === 0 ? (
            <Text as="p" size="2" className="soft flush">
              Nothing.
            </Text>
          ) : (
            <Rows columns={['Call', 'Answer', { text: 'Times', align: 'right' }, 'First', 'Last']} isDense>
              {data.map(({ method, path, status, error_code, count, first_seen_at, last_seen_at, last_request_id }) => (
                <Table.Row key={`${method} ${path} ${status} ${error_code}`}>
                  <Table.RowHeaderCell className="breaks">
                    {method} {path}
                  </Table.RowHeaderCell>
                  <Table.Cell>
                    <StatusBadge status={status} />{' '}
                    <Text size="1" className="breaks">
                      {error_code}
                    </Text>
                  </Table.Cell>
                  <Table.Cell align="right" className="numbers">
                    {count}
                  </Table.Cell>
                  <Table.Cell>
                    <Time value={first_seen_at} />
                  </Table.Cell>
                  <Table.Cell>
                    <Link to={paths.request(last_request_id)}>
                      <Time value={last_seen_at} />
                    </Link>
                  </Table.Cell>
                </Table.Row>
              ))}
            </Rows>
          )
        }
      </Loaded>
    </Section>
  )
}
