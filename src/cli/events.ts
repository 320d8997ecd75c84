import { pruneEvents } from '#domain/events/prune.ts'
import type { Command, Invocation } from './command.ts'
import { textOption } from './command.ts'
import { withDatabase } from './database.ts'
import { findEnvironment } from './environment.ts'
import { exitCodes, Failure } from './failure.ts'

export const events: Command = {
  name: 'events',
  usage: 'prune',
  summary: 'Forgets events from before a time.',
  notes: [
    'Applications whose cursor is forgotten are told so and start again from a snapshot. The newest event always stays.',
    'To do it all the time, set events_retention_days.',
  ],
  words: [1, 1],
  settings: ['databaseUrl', 'data', 'json'],
  options: {
    before: { value: 'TIME', doc: 'ISO-8601, such as 2026-01-31 or 2026-01-31T12:00:00Z' },
    environment: { value: 'NAME', doc: 'staging, production, or the id of an environment (default all)' },
  },
  async run(invocation) {
    const [verb] = invocation.words
    if (verb !== 'prune')
      throw new Failure(exitCodes.userError, `"${verb}" is not known here. Did you mean "gatehouse events prune"?`)
    await prune(invocation, readTime(textOption(invocation, 'before')))
  },
}

async function prune(invocation: Invocation, before: Date): Promise<void> {
  const { config, terminal } = invocation
  const name = textOption(invocation, 'environment')
  const pruned = await withDatabase(config, async (db) =>
    pruneEvents(db, before, name === undefined ? undefined : (await findEnvironment(db, name)).id),
  )
  if (config.json) terminal.line(JSON.stringify({ pruned, before: before.toISOString() }))
  else terminal.line(`${pruned} events from before ${before.toISOString()} are gone.`)
}

function readTime(text: string | undefined): Date {
  if (text === undefined) throw new Failure(exitCodes.userError, 'Say --before what time: --before 2026-01-31')
  const time = new Date(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? text : '',
  )
  if (Number.isNaN(time.getTime()))
    throw new Failure(
      exitCodes.userError,
      `--before is "${text}"; it must be a time such as 2026-01-31 or 2026-01-31T12:00:00Z.`,
    )
  return time
}
