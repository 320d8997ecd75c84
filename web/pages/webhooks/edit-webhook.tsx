import { getWebhookEndpoint, updateWebhookEndpoint, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { SwitchInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { EventChoice } from './event-choice.tsx'

interface Draft {
  readonly url: string
  readonly events: readonly string[]
  readonly ordered: boolean
}

function draftOf({ endpoint_url: url, events, ordered }: WebhookEndpoint): Draft {
  return { url, events, ordered }
}

interface Props {
  readonly endpoint: WebhookEndpoint
  readonly onClose: () => void
}

export function EditWebhook({ endpoint, onClose }: Props) {
  const update = useChange(updateWebhookEndpoint)
  const query = useRead(getWebhookEndpoint, { params: { id: endpoint.id } }, whileEdited)
  const { draft, set, notice, undecided, save } = useDraft({ thing: endpoint, query, draftOf })
  return (
    <FormDialog
      title="Edit endpoint"
      action="Save"
      reason={undecided ?? (draft.events.length === 0 ? 'Choose an event.' : undefined)}
      fields={['endpoint_url', 'events']}
      onSubmit={async () => {
        const saved = await save(({ url, events, ordered }) => {
          const body = { endpoint_url: url.trim(), events: [...events], ordered }
          return update.mutateAsync({ params: { id: endpoint.id }, body })
        })
        if (saved) onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          <TextInput
            label="URL"
            type="url"
            value={draft.url}
            onChange={(url) => set({ url })}
            error={refusalOf(error, 'endpoint_url')}
          />
          <EventChoice value={draft.events} onChange={(events) => set({ events })} error={refusalOf(error, 'events')} />
          <SwitchInput label="In order" checked={draft.ordered} onChange={(ordered) => set({ ordered })} />
        </>
      )}
    </FormDialog>
  )
}
