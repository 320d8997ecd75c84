import { Callout, DropdownMenu, IconButton } from '@radix-ui/themes'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { WebhookEndpointId } from '#contracts/ids.ts'
import {
  deleteWebhookEndpoint,
  getWebhookEndpoint,
  updateWebhookEndpoint,
  type WebhookEndpoint,
} from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyableId } from '../../ui/copy.tsx'
import { DotsIcon } from '../../ui/icons.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page } from '../../ui/page.tsx'
import { sayRefusal } from '../../ui/refusal.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { DeliverySection } from './delivery-section.tsx'
import { EditWebhook } from './edit-webhook.tsx'
import { SendTest } from './send-test.tsx'
import { SecretSection } from './secret-section.tsx'

export function WebhookPage() {
  const { id } = useParams()
  const query = useRead(getWebhookEndpoint, { params: { id: id as WebhookEndpointId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="webhook endpoint" within={{ text: 'Webhooks', to: paths.webhooks }}>
      {(endpoint) => <WebhookView endpoint={endpoint} />}
    </Loaded>
  )
}

function WebhookView({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { id, endpoint_url, status, events, failing_since, ordered } = endpoint
  const { readOnly } = usePlace()
  const paths = usePaths()
  const navigate = useNavigate()
  const update = useChange(updateWebhookEndpoint)
  const remove = useChange(deleteWebhookEndpoint)
  const [open, setOpen] = useState<'edit' | 'delete'>()
  const isOn = status === 'enabled'
  return (
    <Page
      title={endpoint_url}
      within={[{ text: 'Webhooks', to: paths.webhooks }]}
      badge={<StateBadge state={isOn && failing_since !== null ? 'failing' : status} />}
      lead={
        <>
          <CopyableId id={id} /> · {events.length} {events.length === 1 ? 'kind' : 'kinds'} of events
          {ordered && ', in order'}
        </>
      }
      actions={
        <DropdownMenu.Root>
          <DropdownMenu.Trigger>
            <IconButton variant="soft" color="gray" aria-label="More about this endpoint">
              <DotsIcon />
            </IconButton>
          </DropdownMenu.Trigger>
          <DropdownMenu.Content align="end">
            <DropdownMenu.Item disabled={readOnly !== undefined} onSelect={() => setOpen('edit')}>
              Edit
            </DropdownMenu.Item>
            <DropdownMenu.Item
              disabled={readOnly !== undefined}
              onSelect={() =>
                update.mutate(
                  { params: { id }, body: { status: isOn ? 'disabled' : 'enabled' } },
                  { onError: sayRefusal },
                )
              }
            >
              {isOn ? 'Disable' : 'Enable'}
            </DropdownMenu.Item>
            <DropdownMenu.Separator />
            <DropdownMenu.Item color="red" disabled={readOnly !== undefined} onSelect={() => setOpen('delete')}>
              Delete
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Root>
      }
    >
      {failing_since !== null && (
        <Callout.Root color="red" size="1">
          <Callout.Text>
            Nothing has got through since <Time value={failing_since} />. Look at the last answers below; when it works
            again, recover what failed.
          </Callout.Text>
        </Callout.Root>
      )}
      <SendTest endpoint={endpoint} />
      <SecretSection endpoint={endpoint} />
      <DeliverySection endpoint={endpoint} />
      {open === 'edit' && <EditWebhook endpoint={endpoint} onClose={() => setOpen(undefined)} />}
      {open === 'delete' && (
        <ConfirmDelete
          noun="endpoint"
          name={new URL(endpoint_url).host}
          breaks="Nothing is sent there any more, and its deliveries are forgotten."
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            await navigate(paths.webhooks)
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Page>
  )
}
