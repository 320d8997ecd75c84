import type { Command, Invocation } from './command.ts'
import { type Diagnosis, type Issue } from './diagnosis.ts'
import { examineClient, readClient } from './doctor-client.ts'
import { examineDatabase } from './doctor-database.ts'
import { examineMachine } from './doctor-machine.ts'
import { exitCodes, Failure } from './failure.ts'
import type { Terminal } from './terminal.ts'

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  summary: 'Looks for what is wrong and says how to fix it. Changes nothing.',
  notes: [
    'Run it in the folder of your application to have its .env and .env.local compared with this server as well.',
    'Exits with 2 when it finds an error.',
  ],
  words: [0, 0],
  settings: ['port', 'data', 'databaseUrl', 'baseUrl', 'encryptionKey', 'json'],
  options: {},
  run: runDoctor,
}

async function runDoctor(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const client = await readClient(process.cwd())
  const machine = await examineMachine(invocation)
  const database = await examineDatabase(config, client)
  const diagnoses = [machine, database.diagnosis, examineClient(client, database.client, config)]
  const facts = diagnoses.map(({ title, facts: found }) => [title, found] as const)
  const issues = diagnoses.flatMap((diagnosis) => diagnosis.issues)
  if (config.json) terminal.line(JSON.stringify({ facts: Object.fromEntries(facts), issues }, null, 2))
  else print(terminal, diagnoses, issues)
  const errors = issues.filter((issue) => issue.severity === 'error').length
  if (errors > 0)
    throw new Failure(exitCodes.environment, `doctor found ${errors} ${errors === 1 ? 'error' : 'errors'}.`)
}

function print(terminal: Terminal, diagnoses: readonly Diagnosis[], issues: readonly Issue[]): void {
  for (const { title, facts } of diagnoses) {
    terminal.line(terminal.style('bold', title))
    terminal.table(Object.entries(facts).map(([name, value]) => [name, value]))
    terminal.line()
  }
  if (issues.length === 0) return terminal.line('Nothing is wrong.')
  const colors = { error: 'red', warning: 'yellow', info: 'cyan' } as const
  for (const { code, severity, message, fix } of issues) {
    terminal.line(`${terminal.style(colors[severity], severity)} ${terminal.style('bold', code)}: ${message}`)
    terminal.line(`  fix: ${fix}`)
  }
}
