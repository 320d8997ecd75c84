import { useState } from 'react'
import { updateWebhookEndpoint, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { useChange } from '../../api/queries.ts'
import { ChangedMeanwhile } from '../../ui/changed-meanwhile.tsx'
import { SwitchInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { EventChoice } from './event-choice.tsx'

interface Props {
  readonly endpoint: WebhookEndpoint
  readonly onClose: () => void
}

export function EditWebhook({ endpoint, onClose }: Props) {
  const update = useChange(updateWebhookEndpoint)
  const [url, setUrl] = useState(endpoint.endpoint_url)
  const [events, setEvents] = useState<readonly string[]>(endpoint.events)
  const [ordered, setOrdered] = useState(endpoint.ordered)
  return (
    <FormDialog
      title="Edit endpoint"
      action="Save"
      reason={events.length === 0 ? 'Choose an event.' : undefined}
      fields={['endpoint_url', 'events']}
      onSubmit={async () => {
        const body = { endpoint_url: url.trim(), events: [...events], ordered }
        await update.mutateAsync({ params: { id: endpoint.id }, body })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <ChangedMeanwhile
            updatedAt={endpoint.updated_at}
            onTakeTheirs={() => {
              setUrl(endpoint.endpoint_url)
              setEvents(endpoint.events)
              setOrdered(endpoint.ordered)
            }}
          />
          <TextInput label="URL" type="url" value={url} onChange={setUrl} error={refusalOf(error, 'endpoint_url')} />
          <EventChoice value={events} onChange={setEvents} error={refusalOf(error, 'events')} />
          <SwitchInput label="In order" checked={ordered} onChange={setOrdered} />
        </>
      )}
    </FormDialog>
  )
}
