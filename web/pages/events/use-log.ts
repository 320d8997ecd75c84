import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type Event, listEvents } from '#contracts/events.ts'
import { call } from '../../api/call.ts'
import { usePlace } from '../../api/environment.tsx'
import { itemsOf, type ListRead } from '../../api/queries.ts'
import { type EventFilters, queryOf } from './filters.ts'

const pageSize = 50

/** The log backwards from its end. The API takes no start of a range beside a cursor, so older pages end by their events. */
export function useLog(filters: EventFilters, enabled: boolean): ListRead<Event> {
  const { apiOf, environment } = usePlace()
  const { range_start: start, ...rest } = queryOf(filters)
  const query = useInfiniteQuery({
    queryKey: [environment.id, listEvents.tag, 'log', filters],
    queryFn: ({ pageParam }) =>
      call(apiOf(listEvents), listEvents, {
        query: {
          ...rest,
          order: 'desc',
          limit: pageSize,
          ...(pageParam !== undefined ? { after: pageParam } : start !== undefined && { range_start: start }),
        },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ data, list_metadata }) =>
      isBefore(data.at(-1), start) ? undefined : (list_metadata.after ?? undefined),
    select: ({ pages: read }) => {
      const { items, pages } = itemsOf(read)
      return { items: items.filter((event) => !isBefore(event, start)), pages }
    },
    placeholderData: keepPreviousData,
    enabled,
  })
  return { query, items: query.data?.items ?? [] }
}

function isBefore(event: Event | undefined, start: string | undefined): boolean {
  return event !== undefined && start !== undefined && event.created_at < start
}
