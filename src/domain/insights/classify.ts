import type { InsightMetric } from '#contracts/insights.ts'

export interface Fact {
  readonly metric: InsightMetric
  readonly kind: string
  readonly outcome: string
  readonly reason: string
}

/** Events whose body has to be read for what they count as. */
export const bodyNeeded = /^(?:authentication|connection)\./

const longestLabel = 100

const authentication =
  /^authentication\.(email_verification|magic_auth|mfa|oauth|passkey|password|sso)_(started|succeeded|failed|timed_out)$/
const lifecycle = /^(user|organization)\.(created|updated|deleted)$/
const directory = /^dsync\.(?:(user|group|token)\.)?(created|updated|deleted|activated|revoked)$/
const membership = /^dsync\.group\.user_(added|removed)$/
const connection = /^connection\.(activated|deactivated|deleted)$/

/** What an event counts as, if as anything. `data` is needed where `bodyNeeded` says so. */
export function classify(type: string, data: unknown): Fact | undefined {
  const [, method, ended] = authentication.exec(type) ?? []
  if (method !== undefined && ended !== undefined) return fact('sign_ins', method, ended, text(data, 'error', 'code'))
  const [, noun, happened] = lifecycle.exec(type) ?? []
  if (noun !== undefined && happened !== undefined)
    return fact(noun === 'user' ? 'users' : 'organizations', '', happened)
  const [, change] = connection.exec(type) ?? []
  if (change !== undefined) return fact('connections', text(data, 'connection_type'), change)
  const [, moved] = membership.exec(type) ?? []
  if (moved !== undefined) return fact('directory_changes', 'membership', moved)
  const [, part, changed] = directory.exec(type) ?? []
  if (changed !== undefined) return fact('directory_changes', part ?? 'directory', changed)
  return undefined
}

function fact(metric: InsightMetric, kind: string, outcome: string, reason = ''): Fact {
  return { metric, kind: kind.slice(0, longestLabel), outcome, reason: reason.slice(0, longestLabel) }
}

function text(value: unknown, ...path: readonly string[]): string {
  let found: unknown = value
  for (const name of path) found = (found as Record<string, unknown> | null | undefined)?.[name] // looked at, not trusted
  return typeof found === 'string' ? found : ''
}
