import type { QueryClient } from '@tanstack/react-query'
import { gather } from './gather.ts'

/** What the live stream tells of: something new in the log, a SCIM request, a step of a sign-in. */
interface Hint {
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

function tagsOf({ kind, event }: Hint): readonly string[] {
  if (kind === 'scim') return ['dashboard', 'overview', 'directory-sync']
  if (kind === 'attempt') return ['dashboard', 'test-sso']
  const tags = concerns.find(([start]) => event?.startsWith(start))?.[1] ?? []
  return ['events', 'overview', ...tags]
}

/** A thousand events at once are one look. */
const gatherMs = 250

/** Reading counts brings them up to date first, and nobody sees a month change four times a second. */
const countsMs = 2000

/** Without the stream, as behind a proxy that holds it back, the page looks again by itself. */
const lookAgainMs = 3000

export type LiveState = 'connecting' | 'live' | 'reconnecting'

interface Following {
  /** Everything that was read of this environment is below its id. */
  readonly environment: string
  readonly client: QueryClient
  readonly open: () => EventSource
  readonly onState: (state: LiveState) => void
}

/**
 * Reads again what the stream says has changed. Everything is read again when it begins somewhere else than where the
 * readings began, and when it comes back: of some changes no event tells.
 * @returns how to stop.
 */
export function follow({ environment, client, open, onState }: Following): () => void {
  const lookAt = (tags: readonly string[]) =>
    Promise.all(tags.map((tag) => client.invalidateQueries({ queryKey: [environment, tag] })))
  const stale = gather(lookAt, gatherMs)
  const counts = gather(lookAt, countsMs)
  let isLive = false
  let wasLive = false
  let source: EventSource
  const poll = setInterval(() => {
    if (isLive || document.visibilityState !== 'visible') return
    // Joins what is being read: over a slow connection each look would end the one before it.
    void client.invalidateQueries({ queryKey: [environment] }, { cancelRefetch: false })
    // Browsers try again by themselves unless there was an answer, such as a proxy's 502 or that the session has ended.
    if (source.readyState === source.CLOSED) source = connect()
  }, lookAgainMs)
  const begin = (resumes: boolean) => {
    const knows = resumes && !wasLive
    isLive = true
    wasLive = true
    onState('live')
    if (!knows) void client.invalidateQueries({ queryKey: [environment] })
  }
  const connect = () => {
    const stream = open()
    // From here on everything is told. That the connection is open means less: a proxy may hold back what is sent.
    stream.addEventListener('ready', ({ data }: MessageEvent<string>) => begin(fieldOf(data, 'resumes') === true))
    // More than is worth telling.
    stream.addEventListener('reset', () => begin(false))
    stream.addEventListener('error', () => {
      isLive = false
      onState(wasLive ? 'reconnecting' : 'connecting')
    })
    for (const kind of ['log', 'scim', 'attempt'] as const)
      stream.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        const event = fieldOf(data, 'event')
        stale.add(tagsOf({ kind, event: typeof event === 'string' ? event : undefined }))
        if (kind === 'log') counts.add(['insights'])
      })
    return stream
  }
  source = connect()
  return () => {
    stale.stop()
    counts.stop()
    clearInterval(poll)
    source.close()
  }
}

function fieldOf(data: string, name: string): unknown {
  try {
    return (JSON.parse(data) as Record<string, unknown> | null)?.[name] // looked at, not trusted
  } catch {
    return undefined // a hint that cannot be read is still one
  }
}
