import { Flex } from '@radix-ui/themes'
import { useState } from 'react'
import { recoverWebhookDeliveries, replayWebhookEvents, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { useChange } from '../../api/queries.ts'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

interface Props {
  readonly endpoint: WebhookEndpoint
  readonly onClose: () => void
}

const dayMs = 86_400_000

/** As a date input wants it: local time, to the minute. */
function localTime(ago: number): string {
  const time = new Date(Date.now() - ago)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function scheduled(count: number): string {
  return count === 0
    ? 'Nothing to deliver in that time'
    : `${count} ${count === 1 ? 'delivery' : 'deliveries'} scheduled`
}

export function Recover({ endpoint, onClose }: Props) {
  const recover = useChange(recoverWebhookDeliveries)
  const [since, setSince] = useState(() => localTime(3 * dayMs))
  return (
    <FormDialog
      title="Recover failed deliveries"
      lead="Sends again, now, what failed since then, also what waits for its next try; nothing that succeeded."
      action="Recover failed"
      reason={since === '' ? 'Enter a time.' : undefined}
      fields={['since']}
      onSubmit={async () => {
        const body = { since: new Date(since).toISOString() }
        const { count } = await recover.mutateAsync({ params: { id: endpoint.id }, body })
        say(scheduled(count))
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <TextInput
          label="Since"
          type="datetime-local"
          value={since}
          onChange={setSince}
          error={refusalOf(error, 'since')}
        />
      )}
    </FormDialog>
  )
}

export function Replay({ endpoint, onClose }: Props) {
  const replay = useChange(replayWebhookEvents)
  const [from, setFrom] = useState(() => localTime(dayMs))
  const [to, setTo] = useState(() => localTime(0))
  return (
    <FormDialog
      title="Replay events"
      lead="Sends every subscribed event of that time, also those that were delivered or happened before the endpoint existed. Your application gets some of them twice."
      action="Replay"
      reason={from === '' || to === '' ? 'Enter both times.' : undefined}
      fields={['range_start', 'range_end']}
      onSubmit={async () => {
        const body = { range_start: new Date(from).toISOString(), range_end: new Date(to).toISOString() }
        const { count } = await replay.mutateAsync({ params: { id: endpoint.id }, body })
        say(scheduled(count))
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <Flex gap="3" wrap="wrap">
          <TextInput
            label="From"
            type="datetime-local"
            value={from}
            onChange={setFrom}
            error={refusalOf(error, 'range_start')}
          />
          <TextInput
            label="To"
            type="datetime-local"
            value={to}
            onChange={setTo}
            error={refusalOf(error, 'range_end')}
          />
        </Flex>
      )}
    </FormDialog>
  )
}
