import { EncryptionKeyInvalid, parseEncryptionKeys } from '#protocols/envelope.ts'
import type { LoadedConfig } from '../config.ts'
import type { Config, SettingKey } from '../settings.ts'

/** Hosts whose http never leaves the machine. */
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Settings of dev that would open a server for others to anybody who knows them. */
const developmentOnly: readonly SettingKey[] = ['apiKey', 'seed', 'datadogIntake']

/** Everything that speaks against serving others with these settings, a sentence each. Pure: looks at nothing else. */
export function findWeakSettings(config: Config, origins: LoadedConfig['origins']): string[] {
  return [
    ...missing(config),
    ...weakBaseUrl(config, origins),
    ...weakKey(config, origins),
    ...developmentOnly
      .filter((key) => config[key] !== undefined)
      .map(
        (key) =>
          `${origins[key]} is set, which is for dev alone. Remove it; API keys are made with: gatehouse keys create`,
      ),
  ]
}

function missing({ databaseUrl, baseUrl, encryptionKey }: Config): string[] {
  return [
    ...(databaseUrl === undefined
      ? ['DATABASE_URL is missing. The embedded database in the data folder is for dev alone; name a PostgreSQL.']
      : []),
    ...(baseUrl === undefined ? ['BASE_URL is missing: the https address where browsers reach this server.'] : []),
    ...(encryptionKey === undefined
      ? ['GATEHOUSE_ENCRYPTION_KEY is missing. Make one, once, and keep it safe: openssl rand -base64 32']
      : []),
  ]
}

function weakBaseUrl({ baseUrl }: Config, origins: LoadedConfig['origins']): string[] {
  if (baseUrl === undefined) return []
  const { protocol, hostname } = new URL(baseUrl)
  if (protocol === 'https:' || loopback.test(hostname)) return []
  return [`${baseUrl} (${origins.baseUrl}) is http: sign-ins could be read and changed on the way. Use https.`]
}

function weakKey({ encryptionKey }: Config, origins: LoadedConfig['origins']): string[] {
  if (encryptionKey === undefined) return []
  try {
    parseEncryptionKeys(encryptionKey)
    return []
  } catch (error) {
    if (error instanceof EncryptionKeyInvalid) return [`${error.message} (${origins.encryptionKey})`]
    throw error
  }
}
