import { Button, DropdownMenu, Flex, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { type Event, listEvents } from '#contracts/events.ts'
import { usePlace } from '../../api/environment.tsx'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { copyText } from '../../ui/copy.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { EventDrawer } from './event-drawer.tsx'
import { EventFilterBar } from './event-filter-bar.tsx'
import { EventTable } from './event-table.tsx'
import { filtersOf, queryOf, sdkCall } from './filters.ts'
import { useLog } from './use-log.ts'

export function EventsPage() {
  const { session } = usePlace()
  const paths = usePaths()
  const [query, setQuery] = useSearchParams()
  const [paused, setPaused] = useState(false)
  const filters = filtersOf(query)
  const filtered = queryOf(filters)
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const list = useLog(filters, !paused)
  const newest = list.items[0]?.id
  const waiting = useRead(
    listEvents,
    {
      query: {
        events: filtered.events,
        ...(filtered.organization_id !== undefined && { organization_id: filtered.organization_id }),
        order: 'asc',
        limit: 100,
        ...(newest !== undefined && { after: newest }),
      },
    },
    { enabled: paused },
  )
  const open = query.get('open')
  const show = (id: string | undefined) => {
    const next = new URLSearchParams(query)
    if (id === undefined) next.delete('open')
    else next.set('open', id)
    setQuery(next, { replace: true })
  }
  const search = new URLSearchParams(
    Object.entries(filtered).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const curl = `curl -H "Authorization: Bearer $WORKOS_API_KEY" '${session.base_url}/events?${search}'`
  return (
    <Page
      title="Events"
      lead="The ordered log of this environment. It grows here as things happen."
      actions={
        <>
          <Button variant="soft" color="gray" aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? `Resume${newWords(waiting.data?.data.length ?? 0)}` : 'Pause'}
          </Button>
          <DropdownMenu.Root>
            <DropdownMenu.Trigger>
              <Button variant="soft" color="gray">
                Copy or export
                <DropdownMenu.TriggerIcon />
              </Button>
            </DropdownMenu.Trigger>
            <DropdownMenu.Content align="end">
              <DropdownMenu.Item onSelect={() => void copyText(sdkCall(filters), 'listEvents call')}>
                Copy as listEvents call
              </DropdownMenu.Item>
              <DropdownMenu.Item onSelect={() => void copyText(curl, 'curl command')}>Copy as curl</DropdownMenu.Item>
              <DropdownMenu.Item onSelect={() => exportLines(list.items)}>
                Export what is shown as NDJSON
              </DropdownMenu.Item>
            </DropdownMenu.Content>
          </DropdownMenu.Root>
        </>
      }
    >
      <EventFilterBar filters={filters} query={query} onChange={(next) => setQuery(next, { replace: true })} />
      <LoadedList
        list={list}
        noun="log"
        empty={
          <Empty title={!isFiltered ? 'Nothing has happened yet' : 'No such event'}>
            <Text as="p" size="2">
              {!isFiltered
                ? 'Create an organization, sign somebody in, or let a directory send people: each leaves an event here.'
                : 'Nothing in the log fits these filters. New events that do show here by themselves.'}
            </Text>
            <Flex>
              <a href={`/dashboard${paths.organizations}`}>Organizations</a>
            </Flex>
          </Empty>
        }
      >
        {(events) => <EventTable events={events} onOpen={show} />}
      </LoadedList>
      {open !== null && (
        <EventDrawer id={open} shown={list.items} filters={filters} onOpen={show} onClose={() => show(undefined)} />
      )}
    </Page>
  )
}

function newWords(count: number): string {
  return count === 0 ? '' : `, ${count === 100 ? 'over 100' : count} new`
}

/** A line for each, as a log file has them. */
function exportLines(events: readonly Event[]): void {
  saveFile('events.ndjson', 'application/x-ndjson', events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}
