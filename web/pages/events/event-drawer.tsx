import { Button, Dialog, Flex, Heading, Text } from '@radix-ui/themes'
import { useQuery } from '@tanstack/react-query'
import { type Event, listEvents } from '#contracts/events.ts'
import { call } from '../../api/call.ts'
import { usePlace } from '../../api/environment.tsx'
import { CopyableId, CopyTextButton } from '../../ui/copy.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { ExactTime } from '../../ui/time.tsx'
import { EventDeliveries } from './event-deliveries.tsx'
import { type EventFilters, everyEvent, sdkCall } from './filters.ts'

interface Props {
  readonly id: string
  /** The page, to step through. */
  readonly shown: readonly Event[]
  readonly filters: EventFilters
  readonly onOpen: (id: string) => void
  readonly onClose: () => void
}

export function EventDrawer({ id, shown, filters, onOpen, onClose }: Props) {
  const query = useEvent(id, shown)
  const at = shown.findIndex((event) => event.id === id)
  const [newer, older] = at === -1 ? [] : [shown[at - 1], shown[at + 1]]
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content className="drawer" aria-describedby={undefined}>
        <Dialog.Title>{query.data?.event ?? 'Event'}</Dialog.Title>
        <Loaded query={query} noun="event">
          {(event) => (
            <Flex direction="column" gap="4">
              <Text as="div" size="2" className="soft">
                <CopyableId id={event.id} /> · <ExactTime value={event.created_at} />
              </Text>
              <JsonView value={event} name="event" />
              <Flex gap="2" wrap="wrap">
                <CopyTextButton value={sdkCall(filters, event.id)} name="listEvents call">
                  Continue from here
                </CopyTextButton>
                <CopyTextButton value={`after=${event.id}`} name="cursor">
                  Copy cursor
                </CopyTextButton>
              </Flex>
              <section aria-label="Webhook deliveries">
                <Heading as="h2" size="3" mb="2">
                  Webhook deliveries
                </Heading>
                <EventDeliveries event={event.id} />
              </section>
            </Flex>
          )}
        </Loaded>
        <Flex justify="between" mt="5">
          <Flex gap="2">
            <Button variant="soft" color="gray" disabled={!newer} onClick={() => newer && onOpen(newer.id)}>
              Newer
            </Button>
            <Button variant="soft" color="gray" disabled={!older} onClick={() => older && onOpen(older.id)}>
              Older
            </Button>
          </Flex>
          <Dialog.Close>
            <Button variant="soft" color="gray">
              Close
            </Button>
          </Dialog.Close>
        </Flex>
      </Dialog.Content>
    </Dialog.Root>
  )
}

/** The API has lists alone: an event is what follows the one before it. */
function useEvent(id: string, shown: readonly Event[]) {
  const { apiOf, environment } = usePlace()
  const known = shown.find((event) => event.id === id)
  return useQuery<Event>({
    queryKey: [environment.id, 'event', id],
    ...(known && { initialData: known }),
    staleTime: Number.POSITIVE_INFINITY, // what happened does not change
    queryFn: async () => {
      const api = apiOf(listEvents)
      const events = [...everyEvent]
      const before = await call(api, listEvents, { query: { events, order: 'desc', after: id, limit: 1 } })
      const previous = before.data[0]?.id
      const query = { events, order: 'asc', limit: 1, ...(previous !== undefined && { after: previous }) } as const
      const found = (await call(api, listEvents, { query })).data[0]
      if (found?.id !== id) throw new Error('The log does not have this event, or not any more.')
      return found
    },
  })
}
