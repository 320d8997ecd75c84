import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Command, Invocation } from './command.ts'
import { dataFiles, hasData, shownFolder, takeDataFolder } from './data-folder.ts'
import { exitCodes, Failure } from './failure.ts'

/** What dev puts into a data folder. Anything else in there is not ours to delete. */
const ours: readonly (string | RegExp)[] = [
  ...Object.values(dataFiles),
  'postgres',
  'postgres.new',
  'postgres.log',
  'postgres-password',
  /^postgresql-/,
  'test-idp',
  /^(encryption\.key|api-keys\.json|running\.json)\.\d+\.new$/,
]

export const reset: Command = {
  name: 'reset',
  usage: '',
  summary: 'Deletes the database and the keys that dev keeps in the data folder.',
  notes: ['Never touches DATABASE_URL, and nothing in the folder that dev did not make.'],
  words: [0, 0],
  settings: ['data', 'databaseUrl', 'json'],
  options: { yes: { doc: 'Do not ask' } },
  run: runReset,
}

async function runReset(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const folder = shownFolder(config.data)
  if (!(await hasData(config.data))) {
    if (config.json) terminal.line(JSON.stringify({ deleted: [] }))
    else terminal.line(`There is no data in ${folder}.`)
    return
  }
  await using undo = new AsyncDisposableStack()
  const lock = await takeDataFolder(config.data)
  undo.defer(() => lock.release())
  if (!(await isSure(invocation, folder))) return terminal.line('Nothing was deleted.')
  await stopLeftover(config.data)
  const deleted = (await readdir(config.data)).filter((name) => ours.some((mine) => matches(mine, name)))
  for (const name of deleted) await rm(join(config.data, name), { recursive: true, force: true })
  if (config.json) terminal.line(JSON.stringify({ deleted }))
  else terminal.line(`Deleted the data in ${folder}. The next start makes it anew.`)
  if (config.databaseUrl !== undefined && !config.json)
    terminal.line('DATABASE_URL was not touched: drop that database yourself if it should go too.')
}

/** A server that a killed dev left behind would go on writing into deleted files. */
async function stopLeftover(data: string): Promise<void> {
  const { startEmbedded } = await import('#db/embedded.ts')
  const server = await startEmbedded({ folder: data }).catch(() => undefined)
  await server?.stop()
}

async function isSure({ options, terminal }: Invocation, folder: string): Promise<boolean> {
  if (options['yes']) return true
  if (!terminal.interactive || !process.stdin.isTTY)
    throw new Failure(
      exitCodes.userError,
      `This deletes the data in ${folder}. Add --yes to do it without being asked.`,
    )
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question(`Delete the database and all keys in ${folder}? Type yes: `)
  prompt.close()
  return answer.trim() === 'yes'
}

function matches(mine: string | RegExp, name: string): boolean {
  return typeof mine === 'string' ? mine === name : mine.test(name)
}
