import { createHash, randomBytes } from 'node:crypto'
import type { ConnectionId, EnvironmentId, OrganizationId, SsoSessionId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { EmittedEvents } from '#db/work.ts'
import { type ConnectionDomainRow, type ConnectionRow, presentInEvent } from '../connections/present.ts'
import type { Client, TimelineEntry } from './attempts.ts'
import type { Person } from './attributes.ts'
import { codeLifetimeMs } from './code.ts'

/** Everything a verified answer of an identity provider leads to. */
export interface SignIn {
  readonly environment: EnvironmentId
  readonly session: SsoSessionId
  /** No login of ours asked for it. */
  readonly unsolicited: boolean
  readonly organizationId: OrganizationId | null
  readonly connectionId: ConnectionId
  readonly realm: string
  /** Remembered, so that neither is accepted again. */
  readonly messages: { readonly response: string; readonly assertion: string; readonly replayableUntil: Date }
  readonly person: Person
  /** What `profileText` made of it. */
  readonly profile: string
  readonly redirectUri: string
  readonly client: Client
  readonly timeline: readonly TimelineEntry[]
  /** The connection, when this sign-in is its first. */
  readonly activates: (ConnectionRow & { readonly domains: readonly ConnectionDomainRow[] }) | undefined
}

export interface StoreDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly wake: () => void
}

const finish = prepared<readonly unknown[], { verdict: 'replayed' | 'answered' | null }>(
  'sso-finish',
  `select finish_sso($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
     $23, $24, $25, $26, $27, $28, $29, $30, $31) as verdict`,
)

/**
 * Stores profile, code, attempt and events in one round trip.
 * @param announce emits what the log says of it.
 * @returns the code for the application; or why nothing was stored: `replayed`, a message was accepted before;
 *   `answered`, the login was used or ran out.
 */
export async function storeSignIn(
  deps: StoreDeps,
  signIn: SignIn,
  announce: (emit: EmittedEvents['emit']) => void,
): Promise<{ readonly code: string } | { readonly verdict: 'replayed' | 'answered' }> {
  const now = deps.clock()
  const { person, client } = signIn
  const code = randomBytes(24).toString('base64url')
  const events = new EmittedEvents(signIn.environment, now)
  announce(events.emit)
  const activation = signIn.activates && activationEvent(signIn.environment, signIn.activates, now)
  const [, ids, types, organizations, bodies] = events.parameters
  const [row] = await finish(
    deps.db.pool,
    signIn.environment,
    signIn.session,
    signIn.unsolicited,
    signIn.organizationId,
    signIn.connectionId,
    signIn.realm,
    signIn.messages.response,
    signIn.messages.assertion,
    signIn.messages.replayableUntil,
    newId('profile', now),
    person.idpId,
    person.email,
    person.firstName,
    person.lastName,
    person.groups,
    JSON.stringify(person.customAttributes),
    '{}',
    createHash('sha256').update(code).digest(),
    new Date(now.getTime() + codeLifetimeMs),
    signIn.redirectUri,
    signIn.profile,
    client.ipAddress,
    client.userAgent,
    JSON.stringify(signIn.timeline),
    now,
    activation?.id ?? null,
    activation?.body ?? null,
    ids,
    types,
    organizations,
    bodies,
  )
  if (row?.verdict) return { verdict: row.verdict }
  deps.wake()
  return { code }
}

function activationEvent(
  environment: EnvironmentId,
  connection: NonNullable<SignIn['activates']>,
  now: Date,
): { id: string; body: string } {
  const events = new EmittedEvents(environment, now)
  const active = { ...connection, state: 'active' as const, activated_at: now, updated_at: now }
  events.emit('connection.activated', presentInEvent(active, connection.domains), connection.organization_id)
  const [, ids, , , bodies] = events.parameters
  return { id: ids[0] ?? '', body: bodies[0] ?? '' }
}
