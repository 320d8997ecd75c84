import { useSyncExternalStore } from 'react'

/** Less than what counts as just now: what happens between two ticks must not seem to be in the future. */
const tickMs = 5000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  // While no time was shown nobody looked at the clock.
  if (timer === undefined) now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const units = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** Such as `3 minutes ago` or `in 2 days`. */
export function relativeTime(time: Date, from: Date): string {
  const seconds = Math.round((time.getTime() - from.getTime()) / 1000)
  const unit = units.find(([, size]) => Math.abs(seconds) >= size)
  if (!unit) return Math.abs(seconds) < 10 ? 'just now' : words.format(seconds, 'second')
  return words.format(Math.trunc(seconds / unit[1]), unit[0])
}

/** How long ago; exactly when, in both clocks, on hover. */
export function Time({ value }: { readonly value: string }) {
  const current = useSyncExternalStore(subscribe, () => now)
  const time = new Date(value)
  const exactly = `${time.toLocaleString()} here\n${time.toISOString()}`
  return (
    <time dateTime={value} title={exactly}>
      {relativeTime(time, new Date(Math.max(current, now)))}
    </time>
  )
}

/** For rows that are compared with each other or with somebody else's log. */
export function ExactTime({ value }: { readonly value: string }) {
  const time = new Date(value)
  return (
    <time dateTime={value} title={value} className="numbers">
      {time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
    </time>
  )
}
