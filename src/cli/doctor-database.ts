import { join } from 'node:path'
import type { Environment } from '#contracts/environments.ts'
import type { Database } from '#db/database.ts'
import { MigrationRefused, pendingMigrations, readMigrations } from '#db/migrate.ts'
import { authenticateApiKey } from '#domain/environments/api-keys.ts'
import { listEnvironments } from '#domain/environments/create.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import { parseEncryptionKeys, Secrets } from '#protocols/envelope.ts'
import type { ClientEnvironment } from '../config.ts'
import { type Config, showSetting } from '../settings.ts'
import { dataFiles, hasData, shownFolder } from './data-folder.ts'
import { withDatabase } from './database.ts'
import type { Diagnosis, Issue } from './diagnosis.ts'
import { explain } from './explain.ts'
import { readPrivateFile } from './private-file.ts'

const oldestServer = 15

/** What the database knows about the application's API key: undefined when that could not be asked. */
export type KnownClient = { readonly environment: Environment | undefined } | undefined

export interface DatabaseExamination {
  readonly diagnosis: Diagnosis
  readonly client: KnownClient
}

/** Reaches the database as dev and start would, and asks it everything; what cannot be asked is an issue. */
export async function examineDatabase(config: Config, client: ClientEnvironment): Promise<DatabaseExamination> {
  const where =
    config.databaseUrl === undefined ? `embedded, in ${shownFolder(config.data)}` : showSetting('databaseUrl', config)
  const facts: Record<string, string> = { database: where }
  if (config.databaseUrl === undefined && !(await hasData(config.data).catch(() => true)))
    return done({ ...facts, state: 'not made yet; the first "gatehouse dev" makes it' }, [])
  try {
    return await withDatabase(config, (db) => examine(db, config, client, facts))
  } catch (error) {
    const failure = explain(error)
    if (!failure) throw error
    return done(facts, [
      {
        code: 'DB_UNREACHABLE',
        severity: 'error',
        message: failure.message,
        fix:
          config.databaseUrl === undefined
            ? 'Look at postgres.log in the data folder; "gatehouse reset" starts anew.'
            : 'Check that the server runs and that DATABASE_URL has the right host, user, password and database.',
      },
    ])
  }
}

async function examine(
  db: Database,
  config: Config,
  client: ClientEnvironment,
  facts: Record<string, string>,
): Promise<DatabaseExamination> {
  const { rows } = await db.pool.query<{ server_version: string }>('show server_version')
  const server = rows[0]?.server_version ?? ''
  const tooOld: Issue[] =
    Number.parseInt(server, 10) >= oldestServer
      ? []
      : [
          {
            code: 'DB_TOO_OLD',
            severity: 'error',
            message: `The database is PostgreSQL ${server}.`,
            fix: `Use PostgreSQL ${oldestServer} or newer.`,
          },
        ]
  const migrations = await examineMigrations(db)
  const known = { ...facts, server: `PostgreSQL ${server}`, migrations: migrations.fact }
  if (migrations.issues.length > 0) return done(known, [...tooOld, ...migrations.issues])
  const environments = await listEnvironments(db)
  const names = environments.map(({ name, id, client_id }) => `${name} (${id}, ${client_id})`).join('; ')
  const found = client.apiKey === undefined ? undefined : await authenticateApiKey(db, client.apiKey, new Date())
  const environment = environments.find(({ id }) => id === found?.environment_id)
  return {
    ...done({ ...known, environments: names || 'none yet' }, [...tooOld, ...(await examineSecrets(db, config))]),
    client: client.apiKey === undefined ? undefined : { environment },
  }
}

async function examineMigrations(db: Database): Promise<{ fact: string; issues: Issue[] }> {
  try {
    const pending = await pendingMigrations(db.pool, await readMigrations())
    if (pending.length === 0) return { fact: 'all applied', issues: [] }
    const issue: Issue = {
      code: 'MIGRATION_PENDING',
      severity: 'warning',
      message: `The database waits for ${pending.join(', ')}.`,
      fix: 'gatehouse migrate (dev and start do it by themselves)',
    }
    return { fact: `${pending.length} pending`, issues: [issue] }
  } catch (error) {
    if (!(error instanceof MigrationRefused)) throw error
    const fix = 'Run the version that made this database, or restore the files.'
    return { fact: 'refused', issues: [{ code: 'MIGRATION_PENDING', severity: 'error', message: error.message, fix }] }
  }
}

async function examineSecrets(db: Database, { encryptionKey, data }: Config): Promise<Issue[]> {
  try {
    const text = encryptionKey ?? (await readPrivateFile(join(data, dataFiles.encryptionKey)))
    if (text !== undefined) await checkSealed(db, new Secrets(parseEncryptionKeys(text.trim())))
    return []
  } catch (error) {
    const failure = explain(error)
    if (!failure) throw error
    return [
      {
        code: 'ENCRYPTION_KEY_WRONG',
        severity: 'error',
        message: failure.message,
        fix: 'Give the encryption key that this database was used with; older ones go after the newest, with commas.',
      },
    ]
  }
}

function done(facts: Record<string, string>, issues: readonly Issue[]): DatabaseExamination {
  return { diagnosis: { title: 'Database', facts, issues }, client: undefined }
}
