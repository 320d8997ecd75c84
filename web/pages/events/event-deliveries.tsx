import { Flex, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import { listWebhookDeliveries, listWebhookEndpoints, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { LoadedList } from '../../ui/loaded.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'

/** What became of an event at each of the application's endpoints. */
export function EventDeliveries({ event }: { readonly event: string }) {
  const endpoints = useList(listWebhookEndpoints, { query: { limit: 20 } })
  return (
    <LoadedList
      list={endpoints}
      noun="list of webhooks"
      empty={
        <Text as="p" size="2" className="soft flush">
          There is no webhook endpoint.
        </Text>
      }
    >
      {(items) => (
        <Flex direction="column" gap="2">
          {items.map((endpoint) => (
            <Delivery key={endpoint.id} endpoint={endpoint} event={event} />
          ))}
        </Flex>
      )}
    </LoadedList>
  )
}

function Delivery({ endpoint, event }: { readonly endpoint: WebhookEndpoint; readonly event: string }) {
  const paths = usePaths()
  const { items } = useList(listWebhookDeliveries, {
    params: { id: endpoint.id },
    query: { event_id: event, limit: 1 },
  })
  const delivery = items[0]
  return (
    <Flex gap="3" align="center" wrap="wrap">
      <Text size="2" asChild>
        <Link to={`${paths.webhook(endpoint.id)}?event=${event}`}>{endpoint.endpoint_url}</Link>
      </Text>
      {delivery ? (
        <StateBadge state={delivery.state} />
      ) : (
        <Text size="1" className="soft">
          not subscribed
        </Text>
      )}
    </Flex>
  )
}
