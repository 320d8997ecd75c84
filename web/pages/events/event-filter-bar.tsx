import { Button, Flex } from '@radix-ui/themes'
import { listOrganizations } from '#contracts/organizations.ts'
import { useList } from '../../api/queries.ts'
import { TextInput } from '../../ui/fields.tsx'
import { Picker } from '../../ui/picker.tsx'
import { ForLooking } from '../../ui/read-only.tsx'
import { type EventFilters, typeOptions } from './filters.ts'

const types = typeOptions()

interface Props {
  readonly filters: EventFilters
  readonly query: URLSearchParams
  readonly onChange: (query: URLSearchParams) => void
}

export function EventFilterBar({ filters, query, onChange }: Props) {
  const organizations = useList(listOrganizations, { query: { limit: 100 } })
  const set = (name: keyof EventFilters) => (value: string) => {
    const next = new URLSearchParams(query)
    if (value === '') next.delete(name)
    else next.set(name, value)
    onChange(next)
  }
  const known = organizations.items.map(({ id, name }) => ({ value: id as string, text: name, aliases: [id] }))
  const { organization } = filters
  const isUnknown = organization !== '' && !known.some(({ value }) => value === organization)
  const isFiltered = Object.values(filters).some((value) => value !== '')
  return (
    <ForLooking>
      <Flex gap="3" wrap="wrap" align="end">
        <div className="filter">
          <Picker label="Type" options={types} value={filters.type} placeholder="All events" onChange={set('type')} />
        </div>
        <div className="filter">
          <Picker
            label="Organization"
            isReading={organizations.query.isPending}
            options={[
              { value: '', text: 'All organizations' },
              ...known,
              ...(isUnknown ? [{ value: organization, text: organization }] : []),
            ]}
            value={organization}
            placeholder="All organizations"
            onChange={set('organization')}
          />
        </div>
        <TextInput label="From" type="datetime-local" value={filters.from} onChange={set('from')} />
        <TextInput label="To" type="datetime-local" value={filters.to} onChange={set('to')} />
        {isFiltered && (
          <Button variant="soft" color="gray" onClick={() => onChange(new URLSearchParams())}>
            Clear filters
          </Button>
        )}
      </Flex>
    </ForLooking>
  )
}
