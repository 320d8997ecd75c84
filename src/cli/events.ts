import { type Command, type Invocation, textOption } from './command.ts'
import { exitCodes, Failure } from './failure.ts'
import { findSource, followLog, readEventNames } from './follow-log.ts'
import { listenForStop } from './stop-signal.ts'

export const events: Command = {
  name: 'events',
  usage: 'tail',
  summary: 'Shows events as they happen, in the order of the log.',
  words: [1, 1],
  settings: ['baseUrl', 'apiKey', 'data', 'json'],
  options: {
    events: { value: 'NAMES', doc: 'Which, with commas between; dsync.* for a family (default all)' },
    after: { value: 'EVENT_ID', doc: 'Begin after this event instead of now' },
  },
  run: tail,
}

async function tail(invocation: Invocation): Promise<void> {
  const { config, terminal, words } = invocation
  if (words[0] !== 'tail')
    throw new Failure(exitCodes.userError, `"${words[0]}" is not known here. Did you mean "gatehouse events tail"?`)
  const names = readEventNames(invocation)
  const stop = listenForStop()
  const source = await findSource(config)
  if (!config.json)
    terminal.problem(terminal.style('dim', `Waiting for events of ${source.url}. Press Ctrl-C to stop.`))
  for await (const event of followLog(source, names, textOption(invocation, 'after'), stop.requested))
    terminal.line(config.json ? event.text : `${event.created_at}  ${event.id}  ${event.event}`)
}
