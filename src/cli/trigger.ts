import type { Command, Invocation } from './command.ts'
import { exitCodes, Failure } from './failure.ts'
import { findSource } from './follow-log.ts'
import { readTriggerable, triggerable, unreachable } from './trigger/recipes.ts'
import { trigger } from './trigger/run.ts'

export const triggerCommand: Command = {
  name: 'trigger',
  usage: 'EVENT | --list',
  summary: 'Makes an event happen for real in a staging environment, and names every event that came of it.',
  notes: [
    'People are pushed by SCIM, signed in by SAML or password, invited and removed through the API, so the events are',
    'in the log and reach webhooks and streams. What is made for it stays: its names begin with Triggered.',
    'Production environments are refused.',
  ],
  words: [0, 1],
  settings: ['baseUrl', 'apiKey', 'data', 'json'],
  options: { list: { doc: 'Show every event that can be triggered' } },
  async run(invocation) {
    const { options, words } = invocation
    if (options['list'] === true) return list(invocation)
    if (words[0] === undefined) throw new Failure(exitCodes.userError, 'Which event? See gatehouse trigger --list.')
    await run(invocation, words[0])
  },
}

async function run({ config, terminal }: Invocation, word: string): Promise<void> {
  const name = readTriggerable(word)
  const events = await trigger(await findSource(config), name)
  if (config.json) return terminal.line(JSON.stringify({ triggered: name, events }))
  const widest = Math.max(...events.map(({ event }) => event.length))
  for (const { event, id } of events) {
    const text = event.padEnd(widest)
    terminal.line(`${event === name ? terminal.style('green', text) : terminal.style('dim', text)}  ${id}`)
  }
}

function list({ config, terminal }: Invocation): void {
  if (config.json) return terminal.line(JSON.stringify(triggerable))
  for (const name of triggerable) terminal.line(name)
  terminal.line()
  terminal.line('Not by a command:')
  for (const [name, reason] of Object.entries(unreachable)) terminal.line(`${name}: ${reason}`)
}
