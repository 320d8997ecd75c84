import { useState } from 'react'
import { useNavigate } from 'react-router'
import { createWebhookEndpoint } from '#contracts/webhooks.ts'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { SwitchInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { EventChoice } from './event-choice.tsx'

const firstEvents = [
  'dsync.activated',
  'dsync.deleted',
  'dsync.user.created',
  'dsync.user.updated',
  'dsync.user.deleted',
  'dsync.group.created',
  'dsync.group.updated',
  'dsync.group.deleted',
  'dsync.group.user_added',
  'dsync.group.user_removed',
]

export function CreateWebhook({ onClose }: { readonly onClose: () => void }) {
  const create = useChange(createWebhookEndpoint)
  const navigate = useNavigate()
  const paths = usePaths()
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<readonly string[]>(firstEvents)
  const [ordered, setOrdered] = useState(false)
  const reason = url.trim() === '' ? 'Enter a URL.' : events.length === 0 ? 'Choose an event.' : undefined
  return (
    <FormDialog
      title="Create endpoint"
      action="Create endpoint"
      reason={reason}
      fields={['endpoint_url', 'events']}
      onSubmit={async () => {
        const made = await create.mutateAsync({ body: { endpoint_url: url.trim(), events: [...events], ordered } })
        await navigate(paths.webhook(made.id))
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <TextInput
            label="URL"
            type="url"
            value={url}
            onChange={setUrl}
            placeholder="http://localhost:3000/webhook"
            error={refusalOf(error, 'endpoint_url')}
            autoFocus
          />
          <EventChoice value={events} onChange={setEvents} error={refusalOf(error, 'events')} />
          <SwitchInput
            label="In order"
            hint="Events of one organization arrive strictly one after the other; one that fails holds back those behind it."
            checked={ordered}
            onChange={setOrdered}
          />
        </>
      )}
    </FormDialog>
  )
}
