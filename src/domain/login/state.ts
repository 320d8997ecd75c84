import { sql } from 'kysely'
import type {
  AuthenticationChallengeId,
  AuthenticationFactorId,
  EnvironmentId,
  HostedLoginId,
  InvitationId,
  OrganizationId,
  UserId,
} from '#contracts/ids.ts'
import type { Profile } from '#contracts/sso.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { SignInFacts } from '../authentication/facts.ts'
import type { MessageKey } from '../locales/catalogue.ts'

/** Where a sign-in stands; the last part of its address. */
export const steps = [
  'invite',
  'sign-in',
  'password',
  'sign-up',
  'magic-code',
  'email-verification',
  'mfa/enrollment',
  'mfa/kept',
  'mfa/verification',
  'mfa/recovery',
  'organization',
  'passkey/enrollment',
  'device',
  'device/confirm',
  'forgot',
  'forgot/sent',
  'sso',
  'consent',
  'failed',
  'finished',
] as const
export type Step = (typeof steps)[number]

/** What the application asked for, checked when it came. */
export interface LoginRequest {
  readonly clientId: string
  readonly redirectUri: string
  /** No application has asked yet: it is to begin by itself, at its sign-in endpoint, which is the address above. */
  readonly atSignInEndpoint?: boolean
  readonly state: string | null
  readonly codeChallenge: string | null
  readonly organization: OrganizationId | null
  readonly uiLocales: string | null
  /** The invitation somebody came with, open at that time; its token is not kept. */
  readonly invitation: { readonly id: InvitationId; readonly email: string } | null
  /** RFC 8628: a device is to be signed in, with the code it came with, and no application waits in this browser. */
  readonly device: { readonly userCode: string | null } | null
  /** To ask again from the beginning. */
  readonly query: string
}

/** An account at an identity provider that becomes the person's once the inbox is shown to be theirs. */
export interface IdentityLink {
  readonly kind: 'sso' | 'oauth'
  readonly provider: string
  readonly idpId: string
  readonly profileId: string | null
}

export interface Proven {
  readonly user: UserId
  readonly facts: SignInFacts
  readonly link: IdentityLink | null
}

export interface LoginState {
  readonly step: Step
  readonly email: string | null
  /** A code was sent, or would have been: pages look the same either way. */
  readonly code: { readonly sentAt: string; readonly wrong: number } | null
  /** Who it is, once something was shown. */
  readonly proven: Proven | null
  readonly factor: {
    readonly id: AuthenticationFactorId
    readonly challenge: AuthenticationChallengeId
  } | null
  /** Of an identity provider to go to. */
  readonly connection: string | null
  /** To go to in its place, by name. */
  readonly provider: string | null
  readonly problem: { readonly text: MessageKey; readonly reference: string | null } | null
  /** This browser could keep a passkey, and its owner may be asked. */
  readonly offersPasskey: boolean
  /** How often a passkey was answered with, right or wrong: each time is another challenge. */
  readonly passkeyRound: number
  /** The invitation was accepted on the way. */
  readonly invitationAccepted: boolean
  /** What an identity provider said without being asked, until the person says that it is them. */
  readonly unasked: { readonly profile: Profile; readonly host: string } | null
  /** The sign-in whose session in this browser this one goes on with, where that had no application to tell. */
  readonly continues: string | null
  /** The device that waits, and what it was told. */
  readonly device: { readonly userCode: string; readonly answer: 'approved' | 'denied' | null } | null
}

export const freshState: LoginState = {
  step: 'sign-in',
  email: null,
  code: null,
  proven: null,
  factor: null,
  connection: null,
  provider: null,
  problem: null,
  offersPasskey: false,
  passkeyRound: 0,
  invitationAccepted: false,
  unasked: null,
  continues: null,
  device: null,
}

export interface HostedLogin {
  readonly id: HostedLoginId
  readonly environment: EnvironmentId
  readonly environmentKind: 'staging' | 'production'
  readonly request: LoginRequest
  readonly state: LoginState
  readonly finishedAt: Date | null
  readonly expiresAt: Date
}

interface Row {
  readonly id: HostedLoginId
  readonly environment_id: EnvironmentId
  readonly kind: 'staging' | 'production'
  readonly request: LoginRequest
  readonly state: LoginState
  readonly finished_at: Date | null
  readonly expires_at: Date
}

const find = prepared<[string, Buffer], Row>(
  'hosted-login',
  `select l.id, l.environment_id, e.kind, l.request, l.state, l.finished_at, l.expires_at
   from hosted_logins l join environments e on e.id = l.environment_id where l.id = $1 and l.browser_hash = $2`,
)

/** The sign-in, if it is this browser's; whether anybody else has one by that id is not told. */
export async function findLogin(db: Database, id: string, browser: Buffer): Promise<HostedLogin | undefined> {
  const [row] = await find(db.lookUps, id, browser)
  return row && loginOf(row)
}

/** Reads the state to change it: what was decided on an older one is decided again. */
export async function lockLogin(work: Work, login: HostedLogin): Promise<HostedLogin> {
  const row = await work.tx
    .selectFrom('hosted_logins')
    .select(['state', 'finished_at'])
    .where('environment_id', '=', work.environment)
    .where('id', '=', login.id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { ...login, state: row.state as LoginState, finishedAt: row.finished_at } // written below only
}

export async function saveState(work: Work, { id }: HostedLogin, state: LoginState): Promise<void> {
  await work.tx
    .updateTable('hosted_logins')
    .set({ state: JSON.stringify(state), ...(state.step === 'finished' && { finished_at: work.now }) })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
}

/** Whatever was shown of this person in any browser counts no more: there it begins again. */
export async function forgetLogins(work: Work, user: UserId): Promise<void> {
  const forgotten: Partial<LoginState> = { step: 'sign-in', proven: null, factor: null, code: null }
  await work.tx
    .updateTable('hosted_logins')
    .set({ state: sql<string>`state || ${JSON.stringify(forgotten)}::jsonb` })
    .where('environment_id', '=', work.environment)
    .where(sql<string>`state #>> '{proven,user}'`, '=', user)
    .execute()
}

function loginOf(row: Row): HostedLogin {
  return {
    id: row.id,
    environment: row.environment_id,
    environmentKind: row.kind,
    request: row.request,
    state: row.state,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  }
}
