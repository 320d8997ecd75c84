import { resealAll } from '#domain/environments/sealed-columns.ts'
import type { Command, Invocation } from './command.ts'
import { withDatabase } from './database.ts'
import { exitCodes, Failure } from './failure.ts'
import { requireSecrets } from './encryption-key.ts'

export const secrets: Command = {
  name: 'secrets',
  usage: 'rotate',
  summary: 'Seals everything in the database again with the newest encryption key.',
  notes: [
    'To change the key: put the new one in front of the old, with a comma between (GATEHOUSE_ENCRYPTION_KEY, or the file',
    'encryption.key of dev), restart every server, run this, then take the old one away and restart again.',
  ],
  words: [1, 1],
  settings: ['databaseUrl', 'data', 'encryptionKey', 'json'],
  options: {},
  async run(invocation) {
    const [verb] = invocation.words
    if (verb !== 'rotate')
      throw new Failure(exitCodes.userError, `"${verb}" is not known here. Did you mean "gatehouse secrets rotate"?`)
    await rotate(invocation)
  },
}

async function rotate({ config, terminal }: Invocation): Promise<void> {
  const keys = await requireSecrets(config)
  const resealed = await withDatabase(config, (db) => resealAll(db, keys))
  const [newest, ...older] = keys.keyIds
  if (config.json) return terminal.line(JSON.stringify({ resealed, key: newest, olderKeys: older }))
  terminal.line(`${resealed} sealed again; everything is sealed with key ${newest}.`)
  if (older.length > 0)
    terminal.line(`Nothing needs ${older.join(', ')} any more: take it away and restart the servers.`)
}
