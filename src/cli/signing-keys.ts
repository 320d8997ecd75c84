import type { SigningKeys } from '#contracts/signing-keys.ts'
import { change } from '#db/work.ts'
import { listSigningKeys } from '#domain/environments/list-signing-keys.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import { rotateSigningKey } from '#domain/environments/signing-keys.ts'
import { nearest } from '#domain/nearest.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { changeDeps, withDatabase } from './database.ts'
import { requireSecrets } from './encryption-key.ts'
import { findEnvironment } from './environment.ts'
import { exitCodes, Failure } from './failure.ts'

const verbs = ['list', 'rotate'] as const
const algorithms = ['RS256', 'ES256'] as const

export const signingKeys: Command = {
  name: 'signing-keys',
  usage: 'list | rotate',
  summary: 'Keys that access tokens of an environment are signed with.',
  notes: [
    'rotate publishes a successor in the JWKS at once. It signs eleven minutes later, when everybody can know it; the old',
    'key stays published for a day, as long as a token it signed can live. Nobody is signed out.',
  ],
  words: [1, 1],
  settings: ['databaseUrl', 'data', 'encryptionKey', 'json'],
  options: {
    environment: { value: 'NAME', doc: 'staging, production, or the id of an environment (default staging)' },
    algorithm: { value: 'NAME', doc: 'RS256 or ES256: which key to rotate (default RS256)' },
  },
  async run(invocation) {
    const [verb = ''] = invocation.words
    if (!verbs.some((known) => known === verb))
      throw new Failure(
        exitCodes.userError,
        `"${verb}" is not known here. Did you mean "gatehouse signing-keys ${nearest(verb, verbs)}"?`,
      )
    show(invocation, verb === 'rotate' ? await rotate(invocation) : await list(invocation))
  },
}

function list(invocation: Invocation): Promise<SigningKeys> {
  return withDatabase(invocation.config, async (db) => {
    const { id } = await findEnvironment(db, textOption(invocation, 'environment') ?? 'staging')
    return listSigningKeys(db.kysely, id, new Date())
  })
}

async function rotate(invocation: Invocation): Promise<SigningKeys> {
  const text = textOption(invocation, 'algorithm') ?? 'RS256'
  const algorithm = algorithms.find((known) => known === text.toUpperCase())
  if (!algorithm)
    throw new Failure(exitCodes.userError, `--algorithm is "${text}"; it must be ${algorithms.join(' or ')}.`)
  const secrets = await requireSecrets(invocation.config)
  return withDatabase(invocation.config, async (db) => {
    // Sealed with a key that the server does not have, the successor could not sign.
    await checkSealed(db, secrets)
    const { id: environment } = await findEnvironment(db, textOption(invocation, 'environment') ?? 'staging')
    return change(changeDeps(db), { environment }, async (work) => {
      await rotateSigningKey(work, algorithm, secrets)
      return listSigningKeys(work.tx, environment, work.now)
    })
  })
}

function show({ config, terminal }: Invocation, keys: SigningKeys): void {
  if (config.json) return terminal.line(JSON.stringify(keys.data, null, 2))
  terminal.table(
    [
      ['ID', 'ALGORITHM', 'STATE', 'SIGNS FROM', 'RETIRES', 'PUBLISHED UNTIL'],
      ...keys.data.map((key) => [
        key.id,
        key.algorithm,
        key.state,
        key.signs_from ?? 'the start',
        key.retires_at ?? '-',
        key.published_until ?? '-',
      ]),
    ],
    '',
  )
}
