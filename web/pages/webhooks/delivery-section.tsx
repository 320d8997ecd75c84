import { Flex, SegmentedControl, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { listWebhookDeliveries, type WebhookDelivery, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { actions, Rows } from '../../ui/rows.tsx'
import { DeliveryRow } from './delivery-row.tsx'
import { Recover, Replay } from './redeliver.tsx'

const states = ['all', 'pending', 'succeeded', 'failed'] as const

/** Deliveries end without an event to tell of it, so they are looked at again. */
const lookAgainMs = 3000

export function DeliverySection({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { readOnly } = usePlace()
  const [query, setQuery] = useSearchParams()
  const [open, setOpen] = useState<'recover' | 'replay'>()
  const state = states.find((each) => each === query.get('state')) ?? 'all'
  const event = query.get('event')
  const list = useList(
    listWebhookDeliveries,
    {
      params: { id: endpoint.id },
      query: { limit: 25, ...(state !== 'all' && { state }), ...(event !== null && { event_id: event }) },
    },
    { refetchEveryMs: lookAgainMs },
  )
  return (
    <Section
      title="Deliveries"
      actions={
        <>
          <ActionButton variant="soft" reason={readOnly} onClick={() => setOpen('recover')}>
            Recover failed since…
          </ActionButton>
          <ActionButton variant="soft" color="gray" reason={readOnly} onClick={() => setOpen('replay')}>
            Replay…
          </ActionButton>
        </>
      }
    >
      <Flex direction="column" gap="3">
        <Flex gap="3" align="center" wrap="wrap">
          <SegmentedControl.Root
            value={state}
            aria-label="State"
            onValueChange={(next) => setQuery(next === 'all' ? {} : { state: next }, { replace: true })}
          >
            {states.map((each) => (
              <SegmentedControl.Item key={each} value={each}>
                {each}
              </SegmentedControl.Item>
            ))}
          </SegmentedControl.Root>
          {event !== null && (
            <Text size="2">
              of {event}{' '}
              <button type="button" className="link" onClick={() => setQuery({}, { replace: true })}>
                show all
              </button>
            </Text>
          )}
        </Flex>
        <LoadedList
          list={list}
          noun="list of deliveries"
          empty={
            <Text as="p" size="2" className="soft flush">
              None. What happens from now on is sent, if the endpoint wants it.
            </Text>
          }
        >
          {(deliveries) => <DeliveryTable deliveries={deliveries} />}
        </LoadedList>
      </Flex>
      {open === 'recover' && <Recover endpoint={endpoint} onClose={() => setOpen(undefined)} />}
      {open === 'replay' && <Replay endpoint={endpoint} onClose={() => setOpen(undefined)} />}
    </Section>
  )
}

function DeliveryTable({ deliveries }: { readonly deliveries: readonly WebhookDelivery[] }) {
  return (
    <Rows columns={['Event', 'State', 'Last answer', 'Attempts', actions]} isDense>
      {deliveries.map((delivery) => (
        <DeliveryRow key={delivery.id} delivery={delivery} />
      ))}
    </Rows>
  )
}
