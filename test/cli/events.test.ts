import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { migrate } from '#db/migrate.ts'
import { change } from '#db/work.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { bootstrap } from '#domain/seeds/bootstrap.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { Secrets } from '#protocols/envelope.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { runGatehouse } from './gatehouse.ts'

test('events prune forgets what is older, of all environments or of one', async () => {
  const db = await createEmptyDatabase()
  await migrate(db.pool)
  let now = new Date('2026-01-01T00:00:00.000Z')
  const deps = { db, clock: () => now, wake: () => undefined, secrets: new Secrets([randomBytes(32)]) }
  const { staging, production } = await bootstrap(deps)
  for (const time of ['2026-01-01', '2026-02-01', '2026-03-01']) {
    now = new Date(time)
    for (const environment of [staging.id, production.id])
      await change(deps, { environment }, (work) => createOrganization(work, { name: time }))
  }
  await stampEvents(db)
  const prune = async (...flags: string[]) => {
    const { code, stdout, stderr } = await runGatehouse(['events', 'prune', '--json', ...flags], {
      env: { DATABASE_URL: db.url },
    })
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout) as unknown
  }
  expect(await prune('--before', '2026-01-15', '--environment', 'staging')).toEqual({
    pruned: 1,
    before: '2026-01-15T00:00:00.000Z',
  })
  expect(await prune('--before', '2026-02-15T01:00:00+01:00')).toEqual({
    pruned: 3,
    before: '2026-02-15T00:00:00.000Z',
  })
})

test.each([
  [['events', 'purge'], '"purge" is not known here. Did you mean "gatehouse events prune"?'],
  [['events', 'prune'], 'Say --before what time: --before 2026-01-31'],
  [['events', 'prune', '--before', '1 May'], '--before is "1 May"; it must be a time such as'],
  [['events', 'prune', '--before', '2026-13-01'], '--before is "2026-13-01"; it must be a time such as'],
])('gatehouse %s is refused', async (args, sentence) => {
  const { code, stderr } = await runGatehouse(args)
  expect([code, stderr.slice(0, `gatehouse: ${sentence}`.length)]).toEqual([1, `gatehouse: ${sentence}`])
})
