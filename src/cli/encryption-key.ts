import { join } from 'node:path'
import { parseEncryptionKeys, Secrets } from '#protocols/envelope.ts'
import type { Config } from '../settings.ts'
import { dataFiles } from './data-folder.ts'
import { exitCodes, Failure } from './failure.ts'
import { readPrivateFile } from './private-file.ts'

/** The keys that seal what is in the database, for commands: from the settings, or from the data folder of dev. */
export async function requireSecrets(config: Config): Promise<Secrets> {
  const text = config.encryptionKey ?? (await readPrivateFile(join(config.data, dataFiles.encryptionKey)))
  if (text === undefined)
    throw new Failure(exitCodes.userError, 'There is no encryption key: set GATEHOUSE_ENCRYPTION_KEY.')
  return new Secrets(parseEncryptionKeys(text.trim()))
}
