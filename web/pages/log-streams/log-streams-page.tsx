import { Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link } from 'react-router'
import { listLogStreams, type LogStream } from '#contracts/log-streams.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { CreateStream } from './create-stream.tsx'
import { destinationOf } from './destination.ts'

export function LogStreamsPage() {
  const { readOnly } = usePlace()
  const list = useList(listLogStreams, { query: { limit: 100 } })
  const [creating, setCreating] = useState<'datadog' | 'https'>()
  const actions = (
    <>
      <ActionButton reason={readOnly} onClick={() => setCreating('datadog')}>
        Stream to Datadog
      </ActionButton>
      <ActionButton reason={readOnly} variant="soft" onClick={() => setCreating('https')}>
        Another destination
      </ActionButton>
    </>
  )
  return (
    <Page
      title="Log streams"
      lead="Every event of this environment, sent on as it happens. A stream remembers how far it is: nothing is lost while the destination is away."
      actions={actions}
    >
      <LoadedList
        list={list}
        noun="list of log streams"
        empty={
          <Empty title="Nothing is streamed yet">
            <Text as="p" size="2">
              To see sign-ins, people and connections in Datadog:
            </Text>
            <ol className="steps">
              <li>
                <span>Create an API key in Datadog: Organization Settings → API Keys.</span>
              </li>
              <li>
                <span>Choose Stream to Datadog here, and enter the key and your site.</span>
              </li>
              <li>
                <span>Download our dashboard from the stream’s page and import it in Datadog.</span>
              </li>
            </ol>
          </Empty>
        }
      >
        {(streams) => <StreamTable streams={streams} />}
      </LoadedList>
      {creating && <CreateStream type={creating} onClose={() => setCreating(undefined)} />}
    </Page>
  )
}

function StreamTable({ streams }: { readonly streams: readonly LogStream[] }) {
  const paths = usePaths()
  return (
    <Rows columns={['Name', 'Destination', 'State', 'Created']}>
      {streams.map((stream) => (
        <Table.Row key={stream.id} className="linked">
          <Table.RowHeaderCell>
            <Link to={paths.logStream(stream.id)}>{stream.name}</Link>
          </Table.RowHeaderCell>
          <Table.Cell className="breaks">{destinationOf(stream)}</Table.Cell>
          <Table.Cell>
            <StateBadge state={stream.state} />
          </Table.Cell>
          <Table.Cell>
            <Time value={stream.created_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
