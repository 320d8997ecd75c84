import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { dashboardPath, livePath } from '#contracts/console.ts'
import { usePlace } from './environment.tsx'
import { gather } from './gather.ts'

/** What the live stream tells of: something new in the log, a SCIM request, a step of a sign-in. */
export interface Hint {
  readonly kind: 'log' | 'scim' | 'attempt'
  /** Name of the event, for those of the log. */
  readonly event: string | undefined
}

/** Tags of the operations whose answers an event changes, by the beginning of its name. */
const concerns: readonly (readonly [string, readonly string[]])[] = [
  ['organization_domain.', ['organizations', 'organization-domains']],
  ['organization.', ['organizations', 'connections', 'directory-sync']],
  ['connection.', ['connections', 'organizations']],
  ['dsync.', ['directory-sync', 'organizations']],
  ['authentication.', ['connections', 'dashboard', 'users', 'sessions']],
  ['user.', ['users', 'organization-memberships']],
  ['session.', ['sessions', 'users']],
  ['alert.', ['alert-rules']],
  ['organization_membership.', ['organization-memberships', 'organizations']],
]

export function tagsOf({ kind, event }: Hint): readonly string[] {
  if (kind === 'scim') return ['dashboard', 'directory-sync']
  if (kind === 'attempt') return ['dashboard', 'test-sso']
  const tags = concerns.find(([start]) => event?.startsWith(start))?.[1] ?? []
  return ['events', ...tags]
}

/** A thousand events at once are one look. */
const gatherMs = 250

/** Without the stream, as behind a proxy that holds it back, the page looks again by itself. */
const lookAgainMs = 3000

export type LiveState = 'connecting' | 'live' | 'reconnecting'

/** Keeps what is on the screen true: whatever the server says has changed is read again. */
export function useLive(): LiveState {
  const { environment } = usePlace()
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const stale = gather(
      (tags) => Promise.all(tags.map((tag) => client.invalidateQueries({ queryKey: [environment.id, tag] }))),
      gatherMs,
    )
    let isLive = false
    const poll = setInterval(() => {
      if (!isLive && document.visibilityState === 'visible')
        // Joins what is being read: over a slow connection each look would end the one before it.
        void client.invalidateQueries({ queryKey: [environment.id] }, { cancelRefetch: false })
    }, lookAgainMs)
    const source = new EventSource(dashboardPath('dashboard', environment.id) + livePath)
    let wasLive = false
    const begin = () => {
      setState('live')
      isLive = true
      wasLive = true
      // Whatever happened while nobody listened: at first, since the page was read.
      void client.invalidateQueries({ queryKey: [environment.id] })
    }
    // From here on everything is told. That the connection is open means less: a proxy may hold back what is sent.
    source.addEventListener('ready', begin)
    // More than is worth telling.
    source.addEventListener('reset', begin)
    source.addEventListener('error', () => {
      isLive = false
      setState(wasLive ? 'reconnecting' : 'connecting')
    })
    for (const kind of ['log', 'scim', 'attempt'] as const)
      source.addEventListener(kind, ({ data }: MessageEvent<string>) =>
        stale.add(tagsOf({ kind, event: eventOf(data) })),
      )
    return () => {
      stale.stop()
      clearInterval(poll)
      source.close()
    }
  }, [client, environment.id])
  return state
}

function eventOf(data: string): string | undefined {
  try {
    const { event } = JSON.parse(data) as { event?: unknown } // checked below
    return typeof event === 'string' ? event : undefined
  } catch {
    return undefined // a hint that cannot be read is still one
  }
}
