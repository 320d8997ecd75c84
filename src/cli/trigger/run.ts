import { exitCodes, Failure } from '../failure.ts'
import type { Source } from '../follow-log.ts'
import { recipeOf, type Triggerable } from './recipes.ts'
import { type CausedEvent, Sandbox } from './sandbox.ts'

/** Alerts are found by whoever follows the log, a look at a time. */
const patienceMs = 30_000

/**
 * Makes an event happen in the environment that the key opens.
 * @returns every event that came of it, in the order of the log, the wanted one among them.
 * @throws Failure when it did not come, or when the environment is a production one.
 */
export async function trigger(
  source: Source,
  name: Triggerable,
  clock: () => Date = () => new Date(),
): Promise<readonly CausedEvent[]> {
  const sandbox = await Sandbox.open(source, clock)
  await recipeOf(name)(sandbox)
  const events = await sandbox.caused(name, patienceMs)
  if (events.some(({ event }) => event === name)) return events
  const others = events.map(({ event }) => event).join(', ')
  throw new Failure(exitCodes.userError, `${name} did not happen. What did: ${others || 'nothing'}.`)
}
