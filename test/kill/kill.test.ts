import { expect, test } from 'vitest'
import type { Event } from '#contracts/events.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { Profile, TokenResponse } from '#contracts/sso.ts'
import { until } from '../cli/gatehouse.ts'
import { ask, expectStatus } from './client.ts'
import { Load, readLog, redeem } from './load.ts'
import { type Program, startProgram } from './program.ts'

const timeLimitMs = 180_000

test(
  'kill -9 of the server, eight times under load, takes nothing that was acknowledged',
  { timeout: timeLimitMs },
  async () => {
    const program = await startProgram()
    const load = await Load.start(program)
    for (let round = 0; round < 8; round++) {
      await load.more(5)
      await program.killAndRestart()
    }
    await load.more(5)
    await load.stop()
    await expectEverything(program, load)
  },
)

test(
  'kill -9 of PostgreSQL under load takes nothing either, and the server brings it back',
  { timeout: timeLimitMs },
  async () => {
    const program = await startProgram()
    const load = await Load.start(program)
    for (let round = 0; round < 3; round++) {
      await load.more(5)
      await program.killPostgres()
    }
    await load.more(5)
    // A server that found its PostgreSQL running looks after it all the same.
    await program.killAndRestart()
    await load.more(5)
    await program.killPostgres()
    await load.more(5)
    await load.stop()
    await expectEverything(program, load)
  },
)

async function expectEverything(program: Program, load: Load): Promise<void> {
  await until(async () => ((await load.poll()) ? undefined : true))
  const log = await wholeLog(program)
  expect(load.polled.map(({ id }) => id)).toEqual(log.map(({ id }) => id))
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length)

  const organizations = await allOrganizations(program)
  expectOneEach(organizations.map(({ name }) => name))
  const created = log.filter(({ event }) => event === 'organization.created').map(({ data }) => data as Organization) // by its event's name
  expectOneEach(created.map(({ id }) => id))
  // Both ways: no organization without its event, and no event without its organization.
  expect(new Map(created.map(({ name, id }) => [name, id]))).toEqual(
    new Map(organizations.map(({ name, id }) => [name, id])),
  )
  const stored = new Map(organizations.map(({ name, id }) => [name, id]))
  expect([...load.organizations].filter(([name, id]) => stored.get(name) !== id)).toEqual([])

  expectStartedFirst(log)
  const profiles = new Map<string, string>()
  for (const { idpId, code, token } of load.signIns) {
    const profile = token ? await profileOf(program, token.accessToken) : await redeemNow(program, code)
    expect(profile.idp_id).toBe(idpId)
    expect(profile.id).toBe(profiles.get(idpId) ?? profile.id)
    if (token) expect(profile.id).toBe(token.profileId)
    profiles.set(idpId, profile.id)
    expect(await redeem(program, code)).toMatchObject({ status: 400 })
  }
  const succeeded = log.filter(({ event }) => event === 'authentication.sso_succeeded')
  expect(succeeded.length).toBeGreaterThanOrEqual(load.signIns.length)
}

function expectOneEach(values: readonly string[]): void {
  expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([])
}

/** A sign-in that succeeded was begun before, as the log tells it. */
function expectStartedFirst(log: readonly Event[]): void {
  const started = new Set<string>()
  for (const { event, data } of log) {
    if (!event.startsWith('authentication.')) continue
    const { session_id: session } = (data as { sso: { session_id: string } }).sso // by its event's name
    if (event === 'authentication.sso_started') started.add(session)
    else expect(started).toContain(session)
  }
}

async function wholeLog(program: Program): Promise<Event[]> {
  const log: Event[] = []
  for (;;) {
    const page = await readLog(program, log.at(-1)?.id)
    if (page === undefined) throw new Error('nobody answers')
    if (page.length === 0) return log
    log.push(...page)
  }
}

async function allOrganizations({ url, apiKey }: Program): Promise<Organization[]> {
  const all: Organization[] = []
  let after = ''
  do {
    const answer = await ask(`${url}/organizations?limit=100&order=asc&after=${after}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    const page = JSON.parse(answer?.text ?? 'nobody answers') as Page<Organization> // of this endpoint
    all.push(...page.data)
    after = page.list_metadata.after ?? ''
  } while (after !== '')
  return all
}

async function profileOf({ url }: Program, accessToken: string): Promise<Profile> {
  const answer = await ask(`${url}/sso/profile`, { headers: { authorization: `Bearer ${accessToken}` } })
  if (!answer) throw new Error('nobody answers')
  return JSON.parse(expectStatus(answer, 200).text) as Profile // a 200 of this endpoint
}

async function redeemNow(program: Program, code: string): Promise<Profile> {
  const answer = await redeem(program, code)
  if (!answer) throw new Error('nobody answers')
  return (JSON.parse(expectStatus(answer, 200).text) as TokenResponse).profile // a 200 of this endpoint
}
