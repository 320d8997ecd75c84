import type { Environment } from '#contracts/environments.ts'
import { listEnvironments, makeEnvironment } from '#domain/environments/create.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import { nearest } from '#domain/nearest.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { changeDeps, withDatabase } from './database.ts'
import { requireSecrets } from './encryption-key.ts'
import { exitCodes, Failure } from './failure.ts'

const verbs = ['list', 'create'] as const

export const environments: Command = {
  name: 'environments',
  usage: 'list | create NAME --kind staging|production',
  summary: 'Environments: separate data, client ids and keys on one server.',
  words: [1, 2],
  settings: ['databaseUrl', 'data', 'encryptionKey', 'json'],
  options: { kind: { value: 'KIND', doc: 'staging or production: which rules redirects follow (default staging)' } },
  async run(invocation) {
    const [verb = '', name] = invocation.words
    if (verb === 'list' && name === undefined) return list(invocation)
    if (verb === 'create' && name !== undefined) return create(invocation, name)
    throw new Failure(
      exitCodes.userError,
      verbs.some((known) => known === verb)
        ? `Usage: gatehouse environments ${verb === 'create' ? 'create NAME' : verb}`
        : `"${verb}" is not known here. Did you mean "gatehouse environments ${nearest(verb, verbs)}"?`,
    )
  },
}

async function list({ config, terminal }: Invocation): Promise<void> {
  const found = await withDatabase(config, listEnvironments)
  if (config.json) return terminal.line(JSON.stringify(found, null, 2))
  terminal.table([['ID', 'NAME', 'KIND', 'CLIENT ID'], ...found.map(row)], '')
}

async function create(invocation: Invocation, name: string): Promise<void> {
  const { config, terminal } = invocation
  const kind = textOption(invocation, 'kind') ?? 'staging'
  if (kind !== 'staging' && kind !== 'production')
    throw new Failure(exitCodes.userError, `--kind is "${kind}"; it must be staging or production.`)
  const secrets = await requireSecrets(config)
  const environment = await withDatabase(config, async (db) => {
    // A key the server does not have would make an environment that it cannot sign for.
    await checkSealed(db, secrets)
    return makeEnvironment({ ...changeDeps(db), secrets }, { name, kind })
  })
  if (config.json) return terminal.line(JSON.stringify(environment))
  terminal.line(`${environment.name} is made: ${environment.id}, client id ${environment.client_id}`)
  terminal.line(`Make its first key: gatehouse keys create NAME --environment ${environment.id}`)
}

function row({ id, name, kind, client_id: clientId }: Environment): string[] {
  return [id, name, kind, clientId]
}
