import type { Environment } from '#contracts/environments.ts'
import type { ApiKeyId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { change } from '#db/work.ts'
import { createApiKey, listApiKeys, revokeApiKey, rollApiKey } from '#domain/environments/api-keys.ts'
import { nearest } from '#domain/nearest.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { changeDeps, withDatabase } from './database.ts'
import { findEnvironment } from './environment.ts'
import { exitCodes, Failure } from './failure.ts'

type Verb = (invocation: Invocation, db: Database, environment: Environment) => Promise<void>

const verbs: Readonly<Record<string, { readonly words: number; readonly usage: string; readonly run: Verb }>> = {
  list: { words: 1, usage: 'list', run: list },
  create: { words: 2, usage: 'create NAME', run: create },
  roll: { words: 2, usage: 'roll ID', run: roll },
  revoke: { words: 2, usage: 'revoke ID', run: revoke },
}

export const keys: Command = {
  name: 'keys',
  usage: 'list | create NAME | roll ID | revoke ID',
  summary: 'API keys of an environment. A new key is shown once; only its hash is kept.',
  words: [1, 2],
  settings: ['databaseUrl', 'data', 'json'],
  options: {
    environment: { value: 'NAME', doc: 'staging, production, or the id of an environment (default staging)' },
    overlap: { value: 'SECONDS', doc: 'How long a rolled key still works (default one day)' },
  },
  async run(invocation) {
    const [name = ''] = invocation.words
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (!verb)
      throw new Failure(
        exitCodes.userError,
        `"${name}" is not known here. Did you mean "gatehouse keys ${nearest(name, Object.keys(verbs))}"?`,
      )
    if (invocation.words.length !== verb.words)
      throw new Failure(exitCodes.userError, `Usage: gatehouse keys ${verb.usage}`)
    await withDatabase(invocation.config, async (db) =>
      verb.run(invocation, db, await findEnvironment(db, textOption(invocation, 'environment') ?? 'staging')),
    )
  },
}

async function list({ config, terminal }: Invocation, db: Database, environment: Environment): Promise<void> {
  const { data } = await listApiKeys(db, environment.id, { limit: 100, order: 'desc' })
  if (config.json) return terminal.line(JSON.stringify(data, null, 2))
  if (data.length === 0)
    return terminal.line(`${environment.name} has no API keys. Make one: gatehouse keys create NAME`)
  terminal.table(
    [
      ['ID', 'NAME', 'KEY', 'LAST USED', 'BY', 'ENDS'],
      ...data.map((key) => [
        key.id,
        key.name,
        key.obfuscated_value,
        key.last_used_at ?? 'never',
        key.last_used_by ?? '-',
        key.expires_at ?? '-',
      ]),
    ],
    '',
  )
}

async function create(invocation: Invocation, db: Database, environment: Environment): Promise<void> {
  const [, name = ''] = invocation.words
  const key = await change(changeDeps(db), { environment: environment.id }, (work) =>
    createApiKey(work, environment.kind, { name }),
  )
  show(invocation, key, environment)
}

async function roll(invocation: Invocation, db: Database, environment: Environment): Promise<void> {
  const overlap = readOverlap(textOption(invocation, 'overlap'))
  const key = await change(changeDeps(db), { environment: environment.id }, (work) =>
    rollApiKey(work, environment.kind, idOf(invocation), overlap),
  )
  show(invocation, key, environment)
}

async function revoke(invocation: Invocation, db: Database, environment: Environment): Promise<void> {
  const id = idOf(invocation)
  await change(changeDeps(db), { environment: environment.id }, (work) => revokeApiKey(work, id))
  if (invocation.config.json) invocation.terminal.line(JSON.stringify({ revoked: id }))
  else invocation.terminal.line(`${id} opens nothing any more.`)
}

function show(
  { config, terminal }: Invocation,
  key: { readonly id: string; readonly value: string },
  environment: Environment,
): void {
  if (config.json) return terminal.line(JSON.stringify(key))
  terminal.line(`${key.id} of ${environment.name}, shown this once:`)
  terminal.line(key.value)
}

function idOf({ words }: Invocation): ApiKeyId {
  return words[1] as ApiKeyId // an id of another kind finds nothing
}

function readOverlap(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw new Failure(exitCodes.userError, `--overlap is "${text}"; it must be a number of seconds.`)
}
