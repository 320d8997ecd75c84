import { Callout, DropdownMenu, IconButton } from '@radix-ui/themes'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { LogStreamId } from '#contracts/ids.ts'
import {
  deleteLogStream,
  getLogStream,
  getLogStreamStatus,
  type LogStream,
  testLogStream,
  updateLogStream,
} from '#contracts/log-streams.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyableId } from '../../ui/copy.tsx'
import { DotsIcon } from '../../ui/icons.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Refusal, sayRefusal } from '../../ui/refusal.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { DatadogSection } from './datadog-section.tsx'
import { destinationOf } from './destination.ts'
import { EditStream } from './edit-stream.tsx'
import { StreamStatus } from './stream-status.tsx'

const lookAgainMs = 3000

export function LogStreamPage() {
  const { id } = useParams()
  const query = useRead(getLogStream, { params: { id: id as LogStreamId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="log stream" within={{ text: 'Log streams', to: paths.logStreams }}>
      {(stream) => <StreamView stream={stream} />}
    </Loaded>
  )
}

function StreamView({ stream }: { readonly stream: LogStream }) {
  const { id, name, type, state } = stream
  const { readOnly } = usePlace()
  const paths = usePaths()
  const navigate = useNavigate()
  const status = useRead(getLogStreamStatus, { params: { id } }, { refetchEveryMs: lookAgainMs })
  const update = useChange(updateLogStream)
  const test = useChange(testLogStream)
  const remove = useChange(deleteLogStream)
  const [open, setOpen] = useState<'edit' | 'delete'>()
  const isPaused = state === 'paused'
  return (
    <Page
      title={name}
      within={[{ text: 'Log streams', to: paths.logStreams }]}
      badge={<StateBadge state={status.data?.state ?? state} />}
      lead={
        <>
          {destinationOf(stream)} · <CopyableId id={id} />
        </>
      }
      actions={
        <>
          <ActionButton
            variant="soft"
            reason={readOnly}
            loading={test.isPending}
            onClick={() => test.mutate({ params: { id } })}
          >
            Send a test event
          </ActionButton>
          <DropdownMenu.Root>
            <DropdownMenu.Trigger>
              <IconButton variant="soft" color="gray" aria-label="More about this stream">
                <DotsIcon />
              </IconButton>
            </DropdownMenu.Trigger>
            <DropdownMenu.Content align="end">
              <DropdownMenu.Item disabled={readOnly !== undefined} onSelect={() => setOpen('edit')}>
                Edit
              </DropdownMenu.Item>
              <DropdownMenu.Item
                disabled={readOnly !== undefined}
                onSelect={() => update.mutate({ params: { id }, body: { paused: !isPaused } }, { onError: sayRefusal })}
              >
                {isPaused ? 'Resume' : 'Pause'}
              </DropdownMenu.Item>
              <DropdownMenu.Separator />
              <DropdownMenu.Item color="red" disabled={readOnly !== undefined} onSelect={() => setOpen('delete')}>
                Delete
              </DropdownMenu.Item>
            </DropdownMenu.Content>
          </DropdownMenu.Root>
        </>
      }
    >
      {test.data && (
        <Callout.Root color={test.data.delivered ? 'green' : 'red'} size="1" role="status">
          <Callout.Text>
            {test.data.delivered
              ? `The destination took the test event${test.data.status === null ? '' : ` (${test.data.status})`}.`
              : test.data.message}
          </Callout.Text>
        </Callout.Root>
      )}
      <Refusal error={test.error} />
      <Section title="Status">
        <Loaded query={status} noun="status">
          {(current) => <StreamStatus status={current} />}
        </Loaded>
      </Section>
      {type === 'datadog' && <DatadogSection stream={stream} />}
      {open === 'edit' && <EditStream stream={stream} onClose={() => setOpen(undefined)} />}
      {open === 'delete' && (
        <ConfirmDelete
          noun="log stream"
          name={name}
          breaks="Nothing more is sent. What was sent stays where it is."
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            await navigate(paths.logStreams)
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Page>
  )
}
