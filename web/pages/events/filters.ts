import { wireEventNames } from '#contracts/event-names.ts'
import { eventPayloads } from '#contracts/events.ts'

/** What the address says of which events are shown. */
export interface EventFilters {
  /** A name, or the beginning of some with `.*`; empty for all. */
  readonly type: string
  readonly organization: string
  /** As a date input has them: local, without seconds. */
  readonly from: string
  readonly to: string
}

export function filtersOf(query: URLSearchParams): EventFilters {
  const get = (name: string) => query.get(name) ?? ''
  return { type: get('type'), organization: get('organization'), from: get('from'), to: get('to') }
}

/** Everything that can have happened: the API wants names, and has none for all of them. */
export const everyEvent: readonly string[] = Object.keys(eventPayloads)

/** `dsync.*` → every name that begins so. */
export function namesOf(type: string): readonly string[] {
  if (type === '') return everyEvent
  if (!type.endsWith('*')) return [type]
  const start = type.slice(0, -1)
  return wireEventNames.filter((name) => name.startsWith(start))
}

/** The query of listEvents that the filters come to. */
export function queryOf({ type, organization, from, to }: EventFilters) {
  const events = [...namesOf(type)]
  const start = isoOf(from)
  const end = isoOf(to)
  return {
    // A family that has no member: what is asked for then does not exist, which the API says.
    events: events.length > 0 ? events : [type],
    ...(organization !== '' && { organization_id: organization }),
    ...(start !== undefined && { range_start: start }),
    ...(end !== undefined && { range_end: end }),
  }
}

function isoOf(local: string): string | undefined {
  const time = new Date(local)
  return local === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** Everything that can be filtered by, families before their members. */
export function typeOptions(): readonly { readonly value: string; readonly text: string }[] {
  const families = new Set(everyEvent.flatMap((name) => familiesOf(name)))
  const all = [...families, ...everyEvent].toSorted((one, other) => (one < other ? -1 : 1))
  return [{ value: '', text: 'All events' }, ...all.map((name) => ({ value: name, text: name }))]
}

function familiesOf(name: string): readonly string[] {
  const parts = name.split('.')
  return parts.slice(0, -1).map((_part, index) => `${parts.slice(0, index + 1).join('.')}.*`)
}

/** The SDK's call that reads the same events, for whoever goes on in code. */
export function sdkCall(filters: EventFilters, after?: string): string {
  const { events, organization_id, range_start, range_end } = queryOf(filters)
  const lines = [
    `events: [${events.map((name) => `'${name}'`).join(', ')}]`,
    organization_id !== undefined && `organizationId: '${organization_id}'`,
    range_start !== undefined && `rangeStart: '${range_start}'`,
    range_end !== undefined && `rangeEnd: '${range_end}'`,
    after !== undefined && `after: '${after}'`,
    'limit: 100',
  ].filter((line) => typeof line === 'string')
  return `const events = await workos.events.listEvents({\n  ${lines.join(',\n  ')},\n})`
}
