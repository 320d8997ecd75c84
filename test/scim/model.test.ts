import { describe, expect, test } from 'vitest'
import { Random } from '#protocols/scim/testdata/random.ts'
import { expectLogToTellState } from '../support/directory-replay.ts'
import { createScimClient, dsyncEvents, type LogEntry, type ScimClient } from '../support/scim.ts'
import { ScimModel } from '../support/scim-model.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

async function createClient(keepsInactive: boolean): Promise<ScimClient> {
  const client = await createScimClient(server)
  await server.db.pool.query('update environments set keep_inactive_directory_users = $2 where id = $1', [
    client.environment.id,
    keepsInactive,
  ])
  return client
}

async function expectModel(client: ScimClient, model: ScimModel): Promise<void> {
  const comparable = ({ schemas: _schemas, meta: _meta, groups, members, ...resource }: Record<string, never>) => ({
    ...resource,
    ...(groups !== undefined && { groups: idsOf(groups) }),
    ...(members !== undefined && { members: idsOf(members) }),
  })
  const idsOf = (references: { value: string }[]) => references.map(({ value }) => value).toSorted()
  const byId = (resources: Record<string, unknown>[]) => new Map(resources.map((each) => [each['id'], each]))
  const { body: users } = await client.send('GET', '/Users?count=1000')
  const { body: groups } = await client.send('GET', '/Groups?count=1000')
  expect(byId(users.Resources.map(comparable))).toEqual(byId(model.shownUsers()))
  expect(byId(groups.Resources.map(comparable))).toEqual(byId(model.shownGroups()))
  expect([users.totalResults, groups.totalResults]).toEqual([model.users.size, model.groups.size])
}

describe('any sequence of calls', () => {
  test.each([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
    [5, true],
  ])(
    'with seed %i leaves what a simple model has, and the log tells it; inactive people stay: %s',
    async (seed, keepsInactive) => {
      const client = await createClient(keepsInactive)
      const random = new Random(seed)
      const model = new ScimModel(random)
      const outcomes = new Map<number, number>()
      for (let i = 0; i < 200; i++) {
        const { method, path, body, expected, commit } = model.next()
        server.clock.advance(random.below(2_000))
        const answer = await client.send(method, path, body)
        expect(
          answer.status,
          `call ${i}: ${method} ${path} ${JSON.stringify(body)} → ${JSON.stringify(answer.body)}`,
        ).toBe(expected)
        commit(answer.body?.id)
        outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1)
        if (i % 50 === 49) await expectModel(client, model)
      }
      await expectModel(client, model)
      const { users } = await expectLogToTellState(client)
      const seen = [...model.users]
        .filter(([, { attributes }]) => keepsInactive || attributes['active'])
        .map(([id]) => id)
      expect(Object.keys(users).toSorted()).toEqual(seen.toSorted())
      // The sequence is worth its time only when it meets every outcome.
      expect([...outcomes.keys()].toSorted()).toEqual([200, 201, 204, 400, 404, 409])
    },
  )
})

describe('whoever follows the log while eight call at once', () => {
  test.each([
    [11, false],
    [12, true],
  ])(
    'with seed %i reads every event once, in the order of the log; inactive people stay: %s',
    async (seed, keepsInactive) => {
      const client = await createClient(keepsInactive)
      const follower = new Follower(client)
      const following = follower.run()
      const random = new Random(seed)
      const model = new ScimModel(random)
      // What the model expects is only one of the orders these may come in: it serves to make calls that mostly work.
      for (let round = 0; round < 30; round++) {
        const steps = Array.from({ length: 8 }, () => model.next())
        const answers = await Promise.all(steps.map(({ method, path, body }) => client.send(method, path, body)))
        for (const [i, { status, body }] of answers.entries()) {
          expect([200, 201, 204, 400, 404, 409], JSON.stringify(body)).toContain(status)
          if (status === steps[i]?.expected) steps[i]?.commit(body?.id)
        }
      }
      follower.finish()
      const read = await following
      const log = await client.log()
      expect(read.map(({ id }) => id)).toEqual(log.map(({ id }) => id))
      expect(read).toEqual(log)
      expect(log.length).toBeGreaterThan(50)
      await expectLogToTellState(client)
    },
  )
})

/** An application that asks for events again and again, from where it was. */
class Follower {
  readonly #client: ScimClient
  readonly #read: LogEntry[] = []
  #isLast = false

  constructor(client: ScimClient) {
    this.#client = client
  }

  /** Everything has happened: the next empty page is the end. */
  finish(): void {
    this.#isLast = true
  }

  async run(): Promise<LogEntry[]> {
    for (;;) {
      const isLast = this.#isLast
      const last = this.#read.at(-1)
      const after = last ? `&after=${last.id}` : ''
      const { body } = await this.#client.environment.api<{ data: LogEntry[] }>(
        'GET',
        `/events?limit=7&events=${dsyncEvents}${after}`,
      )
      this.#read.push(...body.data)
      if (isLast && body.data.length === 0) return this.#read
    }
  }
}
