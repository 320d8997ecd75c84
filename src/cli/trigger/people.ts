import { randomBytes } from 'node:crypto'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { exitCodes, Failure } from '../failure.ts'
import { makeOrganization } from './organizations.ts'
import type { Recipes } from './recipe.ts'
import type { Answer, Sandbox } from './sandbox.ts'

const grant = (name: string) => `urn:workos:oauth:grant-type:${name}`
const stepMs = 30_000

interface Person {
  readonly id: string
  readonly email: string
  readonly password: string
}

async function makePerson(sandbox: Sandbox, more: object = {}): Promise<Person> {
  const email = `grace-${randomBytes(4).toString('hex')}@${sandbox.tag}.example.com`
  const password = randomBytes(15).toString('base64url')
  const { body } = await sandbox.post('/user_management/users', {
    email,
    password,
    email_verified: true,
    first_name: 'Grace',
    last_name: 'Hopper',
    ...more,
  })
  return { id: body.id, email, password }
}

const withPassword = (sandbox: Sandbox, { email, password }: Pick<Person, 'email' | 'password'>) =>
  sandbox.authenticate({ grant_type: 'password', email, password })

async function signIn(sandbox: Sandbox): Promise<Person> {
  const person = await makePerson(sandbox)
  need(await withPassword(sandbox, person), 200)
  return person
}

/** A settings of the environment may forbid what a recipe wants; then its answer says so. */
function need(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer
  throw new Failure(exitCodes.userError, `Signing in answered ${answer.status} instead of ${status}: ${answer.text}`)
}

const wrongOf = (code: string) => (code === '000000' ? '000001' : '000000')

async function useMagicCode(sandbox: Sandbox, change: (code: string) => string): Promise<void> {
  const { email } = await makePerson(sandbox)
  const { body } = await sandbox.post('/user_management/magic_auth', { email })
  await sandbox.authenticate({ grant_type: grant('magic-auth:code'), email, code: change(String(body.code)) })
}

async function proveAddress(sandbox: Sandbox, change: (code: string) => string): Promise<void> {
  const person = await makePerson(sandbox, { email_verified: false })
  const { body } = need(await withPassword(sandbox, person), 403)
  const sent = await sandbox.get(`/user_management/email_verification/${body.email_verification_id}`)
  await sandbox.authenticate({
    grant_type: grant('email-verification:code'),
    code: change(String(sent.body.code)),
    pending_authentication_token: body.pending_authentication_token,
  })
}

async function useSecondFactor(sandbox: Sandbox, change: (code: string) => string): Promise<void> {
  const person = await makePerson(sandbox)
  const enrolled = await sandbox.post(`/user_management/users/${person.id}/auth_factors`, { type: 'totp' })
  const { authentication_factor: factor, authentication_challenge: first } = enrolled.body
  const secret = decodeBase32(String(factor.totp.secret)) ?? Buffer.of()
  const now = sandbox.clock()
  // A factor counts once a code of it was right, and a code is right once: the next one comes from the next step.
  await sandbox.post(`/auth/challenges/${first.id}/verify`, { code: totp(secret, now) })
  const { body } = need(await withPassword(sandbox, person), 403)
  const challenge = await sandbox.post(`/auth/factors/${factor.id}/challenge`)
  await sandbox.authenticate({
    grant_type: grant('mfa-totp'),
    code: change(totp(secret, new Date(now.getTime() + stepMs))),
    pending_authentication_token: body.pending_authentication_token,
    authentication_challenge_id: challenge.body.id,
  })
}

async function makeMembership(sandbox: Sandbox): Promise<string> {
  const { id } = await makePerson(sandbox)
  const body = { user_id: id, organization_id: await makeOrganization(sandbox) }
  return `/user_management/organization_memberships/${(await sandbox.post('/user_management/organization_memberships', body)).body.id}`
}

async function invite(sandbox: Sandbox): Promise<string> {
  const { email } = await makePerson(sandbox)
  const body = { email, organization_id: await makeOrganization(sandbox) }
  return `/user_management/invitations/${(await sandbox.post('/user_management/invitations', body)).body.id}`
}

const askForReset = async (sandbox: Sandbox) =>
  sandbox.post('/user_management/password_reset', { email: (await makePerson(sandbox)).email })

const same = (code: string) => code

export const peopleRecipes = {
  'user.created': (sandbox) => makePerson(sandbox),
  'user.updated': async (sandbox) =>
    sandbox.put(`/user_management/users/${(await makePerson(sandbox)).id}`, { first_name: 'Amazing Grace' }),
  'user.deleted': async (sandbox) => sandbox.delete(`/user_management/users/${(await makePerson(sandbox)).id}`),
  'session.created': signIn,
  'session.revoked': async (sandbox) => {
    const { id } = await signIn(sandbox)
    const { body } = await sandbox.get(`/user_management/users/${id}/sessions`)
    await sandbox.post('/user_management/sessions/revoke', { session_id: body.data[0].id })
  },
  'authentication.password_succeeded': signIn,
  'authentication.password_failed': async (sandbox) => {
    const { email } = await makePerson(sandbox)
    await withPassword(sandbox, { email, password: 'this is not it' })
  },
  'authentication.magic_auth_succeeded': (sandbox) => useMagicCode(sandbox, same),
  'authentication.magic_auth_failed': (sandbox) => useMagicCode(sandbox, wrongOf),
  'authentication.email_verification_succeeded': (sandbox) => proveAddress(sandbox, same),
  'authentication.email_verification_failed': (sandbox) => proveAddress(sandbox, wrongOf),
  'authentication.mfa_succeeded': (sandbox) => useSecondFactor(sandbox, same),
  'authentication.mfa_failed': (sandbox) => useSecondFactor(sandbox, wrongOf),
  'email_verification.created': async (sandbox) => {
    const { id } = await makePerson(sandbox, { email_verified: false })
    await sandbox.post(`/user_management/users/${id}/email_verification/send`)
  },
  'magic_auth.created': async (sandbox) =>
    sandbox.post('/user_management/magic_auth', { email: (await makePerson(sandbox)).email }),
  'password_reset.created': askForReset,
  'password_reset.succeeded': async (sandbox) => {
    const { body } = await askForReset(sandbox)
    const password = randomBytes(15).toString('base64url')
    await sandbox.post('/user_management/password_reset/confirm', {
      token: body.password_reset_token,
      new_password: password,
    })
  },
  'organization_membership.created': makeMembership,
  'organization_membership.updated': async (sandbox) => sandbox.put(`${await makeMembership(sandbox)}/deactivate`, {}),
  'organization_membership.deleted': async (sandbox) => sandbox.delete(await makeMembership(sandbox)),
  'invitation.created': invite,
  'invitation.accepted': async (sandbox) => sandbox.post(`${await invite(sandbox)}/accept`),
  'invitation.resent': async (sandbox) => sandbox.post(`${await invite(sandbox)}/resend`),
  'invitation.revoked': async (sandbox) => sandbox.post(`${await invite(sandbox)}/revoke`),
} as const satisfies Recipes
