import { nearest } from '#domain/nearest.ts'
import { loadConfig } from '../config.ts'
import { parseArguments } from './arguments.ts'
import { commands } from './commands.ts'
import { exitCodes, Failure } from './failure.ts'
import { commandHelp, generalHelp, version } from './help.ts'
import { Terminal } from './terminal.ts'

/** The command line: runs one command, and ends the process with the code that says how it went. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = new Terminal()
  // A reader that went away, such as `head`, is not an error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  // Whoever waits for what never comes ends as soon as nothing else goes on: without a word, and as if all were well.
  const tellUnfinished = () => {
    terminal.problem('gatehouse: this should not have happened. It ended before it was done.')
    process.exitCode = exitCodes.environment
  }
  process.once('beforeExit', tellUnfinished)
  try {
    await run(argv, terminal)
    process.exitCode = exitCodes.ok
  } catch (error) {
    process.exitCode = await report(error, terminal)
  } finally {
    process.off('beforeExit', tellUnfinished)
  }
}

async function run(argv: readonly string[], terminal: Terminal): Promise<void> {
  const [name = 'help', ...rest] = argv
  if (name === 'version' || name === '--version' || name === '-v') return terminal.line(version())
  if (name === 'help' || name === '--help' || name === '-h') return help(rest[0], terminal)
  const command = await findCommand(name).load()
  const { flags, configFile, options, words, help: wantsHelp } = parseArguments(command, rest)
  if (wantsHelp) return commandHelp(command, terminal)
  const loaded = await loadConfig({ flags, file: configFile })
  await command.run({ ...loaded, terminal, words, options })
}

async function help(name: string | undefined, terminal: Terminal): Promise<void> {
  if (name === undefined) return generalHelp(terminal)
  commandHelp(await findCommand(name).load(), terminal)
}

function findCommand(name: string) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  const suggestion = nearest(name, [...Object.keys(commands), 'help', 'version'])
  const message = `"${name}" is not a command. Did you mean "gatehouse ${suggestion}"? See gatehouse help.`
  throw new Failure(exitCodes.userError, message)
}

async function report(error: unknown, terminal: Terminal): Promise<number> {
  // Loaded here: knowing every error means loading every room, which a command that works should not wait for.
  const failure = error instanceof Error ? (await import('./explain.ts')).explain(error) : undefined
  if (!failure) {
    terminal.problem(
      `gatehouse: this should not have happened. ${error instanceof Error ? error.stack : String(error)}`,
    )
    return exitCodes.userError
  }
  terminal.problem(`gatehouse: ${failure.message}`)
  for (const detail of failure.details) terminal.problem(`  - ${detail}`)
  return failure.exitCode
}
