import { Box, Tabs } from '@radix-ui/themes'
import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'

interface Tab {
  readonly id: string
  readonly text: string
  readonly content: () => ReactNode
}

/** Tabs whose choice is in the address; what was typed into filters of one tab is left behind with it. */
export function PageTabs({ tabs }: { readonly tabs: readonly Tab[] }) {
  const [query, setQuery] = useSearchParams()
  const current = tabs.find(({ id }) => id === query.get('tab')) ?? tabs[0]
  if (!current) return undefined
  return (
    <Tabs.Root value={current.id} onValueChange={(id) => setQuery(id === tabs[0]?.id ? {} : { tab: id })}>
      <Tabs.List wrap="wrap">
        {tabs.map(({ id, text }) => (
          <Tabs.Trigger key={id} value={id}>
            {text}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Box pt="5">
        <Tabs.Content value={current.id} key={current.id}>
          {current.content()}
        </Tabs.Content>
      </Box>
    </Tabs.Root>
  )
}
