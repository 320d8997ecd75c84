import { createIdp } from '../test/support/saml-idp.ts'
import { startChild } from './child.ts'
import type { FloorRun } from './floor.ts'
import { poolTo } from './http.ts'
import { startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { closedLoop, type Done, inTurns, median, pairedRatio } from './rounds.ts'
import type { ServerReady } from './server.ts'
import { prepareGatehouse, signIn as runFlow, type Target } from './sign-in-flow.ts'
import { type Timed, timed } from './timed.ts'
import type { YardstickReady } from './yardstick.ts'

const concurrency = 8
/** V8 has compiled what a sign-in runs through after some thousand of them; before that the lean program is ahead by less code. */
const warmUpMs = 25_000
const rounds: Record<Size, number> = { quick: 3, default: 6, full: 12 }
const roundMs = 2500

/** Whole sign-ins, beside a lean program that does the same and beside what cannot be spared. */
export async function signIn(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const idp = await createIdp()

  const server = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), {
    databaseUrl: await postgres.database('sign-in'),
  })
  const gatehouse = await prepareGatehouse(poolTo(undo, server.ready.url, concurrency), server.ready, idp)

  const lean = await startChild<YardstickReady>(undo, new URL('./yardstick.ts', import.meta.url), {
    databaseUrl: await postgres.database('yardstick'),
    idp: { entityId: idp.entityId, ssoUrl: 'https://idp.test/sso', certificate: idp.certificate },
  })
  const yardstick: Target = { ...lean.ready, pool: poolTo(undo, lean.ready.url, concurrency) }

  const bare = await startChild<object>(undo, new URL('./floor.ts', import.meta.url), {
    databaseUrl: await postgres.database('floor'),
  })

  const flows = (target: Target) => () => closedLoop(concurrency, roundMs, () => runFlow(target, idp))
  const floor = () => bare.ask<Done>({ concurrency, milliseconds: roundMs } satisfies FloorRun)

  for (const target of [gatehouse, yardstick]) await closedLoop(concurrency, warmUpMs, () => runFlow(target, idp))
  const results = await inTurns(rounds[size], {
    gatehouse: () => timed(server, postgres, flows(gatehouse)),
    yardstick: () => timed(lean, postgres, flows(yardstick)),
    floor: () => timed(bare, postgres, floor),
  })
  const of = (name: keyof typeof results, field: keyof Timed) => results[name].map((result) => result[field])
  return {
    head: ['sign-in, 8 at a time', 'flows/s', 'server CPU ms', 'database CPU ms'],
    rows: (['gatehouse', 'yardstick', 'floor'] as const).map((name) => [
      name,
      median(of(name, 'perSecond')),
      median(of(name, 'serverMs')),
      median(of(name, 'databaseMs')),
    ]),
    targets: [
      { what: 'server CPU of a sign-in', measured: median(of('gatehouse', 'serverMs')), unit: 'ms', most: 5.2 },
      {
        what: 'sign-ins a second, of the yardstick’s',
        measured: pairedRatio(of('gatehouse', 'perSecond'), of('yardstick', 'perSecond')),
        unit: '×',
        least: 0.85,
      },
      {
        what: 'server CPU of a sign-in, of the yardstick’s',
        measured: pairedRatio(of('gatehouse', 'serverMs'), of('yardstick', 'serverMs')),
        unit: '×',
        most: 1.2,
      },
    ],
  }
}
