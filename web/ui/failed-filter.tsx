import { Flex, SegmentedControl } from '@radix-ui/themes'
import { useSearchParams } from 'react-router'

/** Whether the address asks for what failed alone, and how to change that. */
export function useFailedFilter(): { readonly failed: boolean; readonly setFailed: (failed: boolean) => void } {
  const [query, setQuery] = useSearchParams()
  return {
    failed: query.get('failed') === 'true',
    setFailed: (failed) => {
      const next = new URLSearchParams(query)
      if (failed) next.set('failed', 'true')
      else next.delete('failed')
      setQuery(next, { replace: true })
    },
  }
}

interface Props {
  readonly label: string
  readonly failed: boolean
  readonly onChange: (failed: boolean) => void
}

export function FailedFilter({ label, failed, onChange }: Props) {
  return (
    <Flex>
      <SegmentedControl.Root
        value={failed ? 'failed' : 'all'}
        aria-label={label}
        onValueChange={(next) => onChange(next === 'failed')}
      >
        <SegmentedControl.Item value="all">All</SegmentedControl.Item>
        <SegmentedControl.Item value="failed">Failed</SegmentedControl.Item>
      </SegmentedControl.Root>
    </Flex>
  )
}
