import { Callout } from '@radix-ui/themes'
import { useSyncExternalStore } from 'react'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'good' | 'bad'
}

const shownMs = 5_000

let toasts: readonly Toast[] = []
let nextId = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says what came of something, for eyes and for screen readers. Errors of a form belong beside its fields instead. */
export function say(text: string, tone: Toast['tone'] = 'good'): void {
  const id = nextId++
  set([...toasts.filter((toast) => toast.text !== text).slice(-2), { id, text, tone }])
  setTimeout(() => set(toasts.filter((toast) => toast.id !== id)), shownMs)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Stands there while it is empty: screen readers announce only what comes into a region they know. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <Callout.Root key={id} color={tone === 'good' ? 'green' : 'red'} variant="surface" size="1">
          <Callout.Text>{text}</Callout.Text>
        </Callout.Root>
      ))}
    </div>
  )
}
