import { isIP } from 'node:net'
import { sql } from 'kysely'
import type { PasskeyId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { change, type Work } from '#db/work.ts'
import {
  assertionOptions,
  creationOptions,
  type RelyingParty,
  verifyAssertion,
  verifyCreation,
} from '#protocols/webauthn.ts'
import { announce } from '../authentication/announce.ts'
import { plainFacts } from '../authentication/facts.ts'
import type { Client } from '../sso/attempts.ts'
import { readUser } from '../users/read.ts'
import { advance, go, type Next } from './advance.ts'
import { type LoginDeps, shownSoFar } from './answers.ts'
import { type BrowserSecret, passkeyChallenge } from './browser.ts'
import { hasShownInbox } from './passkey-offer.ts'
import { type HostedLogin, lockLogin } from './state.ts'

export interface PasskeyDeps extends LoginDeps {
  readonly baseUrl: string
}

/** @returns undefined where browsers have no passkeys: an address is no name to bind them to. */
export function relyingPartyOf(baseUrl: string): RelyingParty | undefined {
  const { hostname, origin } = new URL(baseUrl)
  return isIP(hostname.replaceAll(/[[\]]/g, '')) === 0 ? { id: hostname, origin } : undefined
}

export function signInOptions(baseUrl: string, browser: BrowserSecret, login: HostedLogin) {
  const relyingParty = relyingPartyOf(baseUrl)
  return relyingParty && assertionOptions(relyingParty, challengeOf(browser, login, 'get'))
}

export async function enrolmentOptions(
  { db, baseUrl }: PasskeyDeps,
  browser: BrowserSecret,
  login: HostedLogin,
  name: string,
) {
  const relyingParty = relyingPartyOf(baseUrl)
  const { proven } = login.state
  if (!relyingParty || !proven) return undefined
  const user = await readUser(db.kysely, login.environment, proven.user)
  const rows = await db.kysely
    .selectFrom('passkeys')
    .select('credential_id as id')
    .where('environment_id', '=', login.environment)
    .where('user_id', '=', user.id)
    .execute()
  const full = [user.first_name, user.last_name].filter(Boolean).join(' ')
  return creationOptions(relyingParty, {
    name,
    challenge: challengeOf(browser, login, 'create'),
    user: { id: user.id, email: user.email, name: full || user.email },
    existing: rows,
  })
}

/** @returns undefined if it is no answer of a passkey of this environment to the challenge on the page. */
export async function answerPasskey(
  deps: PasskeyDeps,
  login: HostedLogin,
  browser: BrowserSecret,
  text: string,
  client: Client,
): Promise<Next | undefined> {
  const response = readResponse(text)
  const known = (await claimRound(deps, login)) ? await findPasskey(deps, login, response.id) : undefined
  const relyingParty = relyingPartyOf(deps.baseUrl)
  const isOwner = known !== undefined && response.userHandle === Buffer.from(known.user_id).toString('base64url')
  const counter =
    isOwner && relyingParty
      ? await verifyAssertion(
          response.whole,
          { relyingParty, challenge: challengeOf(browser, login, 'get') },
          { id: known.credential_id, publicKey: known.public_key, counter: known.sign_count },
        )
      : undefined
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    const user = known ? await readUser(work.tx, work.environment, known.user_id) : null
    const holds = counter !== undefined && known !== undefined && (await count(work, known.id, counter))
    announce(work, 'passkey', holds ? 'right' : 'invalid_credentials', { user, origin: client })
    if (holds && user) return advance(work, deps, current, { user, facts: plainFacts('Passkey', client), link: null })
    const problem = { text: 'passkeyFailed', reference: null } as const
    await go(work, current, { ...current.state, step: 'sign-in', proven: null, factor: null, code: null, problem })
    return undefined
  })
}

/** Keeps what the browser made for whoever is signed in here, and goes on. A second thought is a page with a reason. */
export async function enrolPasskey(
  deps: PasskeyDeps,
  login: HostedLogin,
  browser: BrowserSecret,
  text: string,
): Promise<Next> {
  const relyingParty = relyingPartyOf(deps.baseUrl)
  const isAsked = login.state.step === 'passkey/enrollment' && (await claimRound(deps, login))
  const challenge = challengeOf(browser, login, 'create')
  const credential =
    isAsked && relyingParty ? await verifyCreation(readResponse(text).whole, { relyingParty, challenge }) : undefined
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    const { state } = current
    const shown = await shownSoFar(work, current)
    if (!shown || state.step !== 'passkey/enrollment') return { kind: 'step', step: state.step }
    const kept =
      credential !== undefined &&
      // The address may have become another while the page was open.
      hasShownInbox(shown.user, shown.facts) &&
      (await work.tx
        .insertInto('passkeys')
        .values({
          environment_id: work.environment,
          id: newId('passkey', work.now),
          credential_id: credential.id,
          user_id: shown.user.id,
          public_key: Buffer.from(credential.publicKey),
          sign_count: credential.counter,
          transports: [...credential.transports],
          created_at: work.now,
        })
        // Somebody else's stays somebody else's.
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst())
    if (!kept || kept.numInsertedOrUpdatedRows !== 1n)
      return go(work, current, { ...state, problem: { text: 'passkeyFailed', reference: null } })
    return advance(work, deps, { ...current, state: { ...state, offersPasskey: false, problem: null } }, shown)
  })
}

export async function skipPasskey(deps: LoginDeps, login: HostedLogin): Promise<Next> {
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    const { state } = current
    const shown = await shownSoFar(work, current)
    if (!shown || state.step !== 'passkey/enrollment') return { kind: 'step', step: state.step }
    return advance(work, deps, { ...current, state: { ...state, offersPasskey: false, problem: null } }, shown)
  })
}

/** This browser can keep a passkey, and its owner has not said no lately. */
export async function markOffersPasskey({ db }: LoginDeps, { environment, id }: HostedLogin): Promise<void> {
  await db.kysely
    .updateTable('hosted_logins')
    .set({ state: sql<string>`state || '{"offersPasskey":true}'` })
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .execute()
}

function challengeOf(browser: BrowserSecret, { id, state }: HostedLogin, ceremony: 'get' | 'create'): string {
  return passkeyChallenge(browser, id, ceremony, state.passkeyRound)
}

/** WebAuthn §13.4.3: a challenge is good for one answer. Of two at once, one alone is first. */
async function claimRound({ db }: LoginDeps, { environment, id, state }: HostedLogin): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('hosted_logins')
    .set({ state: sql<string>`state || ${JSON.stringify({ passkeyRound: state.passkeyRound + 1 })}::jsonb` })
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .where(sql<string>`state ->> 'passkeyRound'`, '=', String(state.passkeyRound))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

async function findPasskey({ db }: LoginDeps, { environment }: HostedLogin, credential: string) {
  return db.kysely
    .selectFrom('passkeys')
    .select(['id', 'credential_id', 'user_id', 'public_key', 'sign_count'])
    .where('environment_id', '=', environment)
    .where('credential_id', '=', credential)
    .executeTakeFirst()
}

/**
 * @returns false if the passkey is gone by now, or another answer has brought the counter as far in the meantime: one of
 *   the two is a copy's.
 */
async function count(work: Work, passkey: PasskeyId, counter: number): Promise<boolean> {
  const { numUpdatedRows } = await work.tx
    .updateTable('passkeys')
    .set({ sign_count: counter, last_used_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', passkey)
    .where((row) =>
      row.or([row('sign_count', '<', counter), row.and([row('sign_count', '=', 0), row.val(counter === 0)])]),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

interface Response {
  readonly whole: unknown
  readonly id: string
  readonly userHandle: string | undefined
}

/** As much of a browser's answer as is needed to find whose it is. */
function readResponse(text: string): Response {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    // What is no JSON is no answer.
  }
  const { id, response } = (whole ?? {}) as { id?: unknown; response?: { userHandle?: unknown } | null } // checked below
  const handle = response?.userHandle
  return {
    whole,
    id: typeof id === 'string' && /^[\w-]{1,2000}$/.test(id) ? id : '',
    userHandle: typeof handle === 'string' ? handle : undefined,
  }
}
