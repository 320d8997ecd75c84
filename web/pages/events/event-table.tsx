import { Code, Table } from '@radix-ui/themes'
import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'react-router'
import type { Event } from '#contracts/events.ts'
import { usePaths } from '../../paths.ts'
import { Rows } from '../../ui/rows.tsx'
import { ExactTime } from '../../ui/time.tsx'
import { organizationOf, subjectOf } from './subject.ts'

interface Props {
  readonly events: readonly Event[]
  readonly onOpen: (id: string) => void
}

export function EventTable({ events, onOpen }: Props) {
  const paths = usePaths()
  const { search } = useLocation()
  const table = useRowKeys()
  const linkTo = (id: string) => {
    const query = new URLSearchParams(search)
    query.set('open', id)
    return `?${query}`
  }
  return (
    <Rows columns={['Event', 'About', 'Organization', 'When']} isDense ref={table}>
      {events.map((event) => {
        const organization = organizationOf(event)
        return (
          <Table.Row key={event.id} className="linked">
            <Table.RowHeaderCell>
              <Link
                to={linkTo(event.id)}
                data-row
                onClick={(click) => {
                  if (click.metaKey || click.ctrlKey) return
                  click.preventDefault()
                  onOpen(event.id)
                }}
              >
                {event.event}
              </Link>
            </Table.RowHeaderCell>
            <Table.Cell className="breaks">{subjectOf(event)}</Table.Cell>
            <Table.Cell>
              {organization !== undefined && (
                <Link to={paths.organization(organization)}>
                  <Code variant="ghost" color="gray" size="1">
                    {organization}
                  </Code>
                </Link>
              )}
            </Table.Cell>
            <Table.Cell>
              <ExactTime value={event.created_at} />
            </Table.Cell>
          </Table.Row>
        )
      })}
    </Rows>
  )
}

/** j and k walk through the rows as the arrow keys do through a list; Enter follows the link that has the focus. */
function useRowKeys() {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    function press({ key, target, metaKey, ctrlKey }: KeyboardEvent): void {
      if ((key !== 'j' && key !== 'k') || metaKey || ctrlKey || isTyping(target)) return
      const rows = [...(ref.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])]
      const at = rows.findIndex((row) => row === document.activeElement)
      rows[key === 'j' ? at + 1 : Math.max(at - 1, 0)]?.focus()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return ref
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, [role=dialog]') !== null
}
