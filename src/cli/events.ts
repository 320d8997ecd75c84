import { pruneEvents } from '#domain/events/prune.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { withDatabase } from './database.ts'
import { findEnvironment } from './environment.ts'
import { exitCodes, Failure } from './failure.ts'
import { findSource, followLog, readEventNames } from './follow-log.ts'
import { listenForStop } from './stop-signal.ts'

export const events: Command = {
  name: 'events',
  usage: 'tail | prune',
  summary: 'Shows events as they happen, or forgets those from before a time.',
  notes: [
    'tail shows the log in its order, as an application sees it through the API.',
    'prune tells applications whose cursor is forgotten so: they start again from a snapshot. The newest event always',
    'stays. To prune all the time, set events_retention_days.',
  ],
  words: [1, 1],
  settings: ['baseUrl', 'apiKey', 'databaseUrl', 'data', 'json'],
  options: {
    events: { value: 'NAMES', doc: 'tail: which, with commas between; dsync.* for a family (default all)' },
    after: { value: 'EVENT_ID', doc: 'tail: begin after this event instead of now' },
    before: { value: 'TIME', doc: 'prune: ISO-8601, such as 2026-01-31 or 2026-01-31T12:00:00Z' },
    environment: { value: 'NAME', doc: 'prune: staging, production, or the id of an environment (default all)' },
  },
  async run(invocation) {
    const [verb] = invocation.words
    if (verb === 'tail') return tail(invocation)
    if (verb === 'prune') return prune(invocation, readTime(textOption(invocation, 'before')))
    throw new Failure(
      exitCodes.userError,
      `"${verb}" is not known here. Did you mean "gatehouse events tail" or "gatehouse events prune"?`,
    )
  },
}

async function tail(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const names = readEventNames(invocation)
  const stop = listenForStop()
  const source = await findSource(config)
  if (!config.json)
    terminal.problem(terminal.style('dim', `Waiting for events of ${source.url}. Press Ctrl-C to stop.`))
  const say = (sentence: string) => terminal.problem(sentence)
  for await (const event of followLog(source, names, textOption(invocation, 'after'), stop.requested, say))
    terminal.line(config.json ? event.text : `${event.created_at}  ${event.id}  ${event.event}`)
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
