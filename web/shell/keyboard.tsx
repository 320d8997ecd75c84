import { Dialog, Flex, Kbd, Text } from '@radix-ui/themes'
import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useNavigationLinks } from './navigation.ts'

/** How long the second key of two may take. */
const pairMs = 1000

/** The keys that work on every page, and the sheet that lists them. */
export function Keyboard({ onPalette }: { readonly onPalette: () => void }) {
  const navigate = useNavigate()
  const links = useNavigationLinks()
  const [sheet, setSheet] = useState(false)
  const first = useRef<{ readonly key: string; readonly at: number }>(undefined)
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return onPalette()
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      const before = first.current
      first.current = { key: event.key, at: event.timeStamp }
      if (before?.key === 'g' && event.timeStamp - before.at < pairMs) {
        const link = links.find(({ keys }) => keys === `g ${event.key}`)
        if (link) void navigate(link.to)
      } else if (event.key === '?') setSheet(true)
      else if (event.key === '/') {
        event.preventDefault()
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]')
        if (search) search.focus()
        else onPalette()
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [links, navigate, onPalette])
  return (
    <Dialog.Root open={sheet} onOpenChange={setSheet}>
      <Dialog.Content maxWidth="400px" aria-describedby={undefined}>
        <Dialog.Title>Keys</Dialog.Title>
        <Flex direction="column" gap="2">
          {[
            ['⌘K', 'Search or jump to'] as const,
            ['/', 'Search this page'] as const,
            ...links.map(({ keys, text }) => [keys, text] as const),
            ['j k ⏎', 'Next, previous, open: in events'] as const,
            ['?', 'This sheet'] as const,
          ].map(([keys, text]) => (
            <Flex key={keys} justify="between">
              <Text size="2">{text}</Text>
              <Kbd>{keys}</Kbd>
            </Flex>
          ))}
        </Flex>
      </Dialog.Content>
    </Dialog.Root>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
