import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type ClientEnvironment, readClientEnvironment } from '../config.ts'
import type { Config } from '../settings.ts'
import type { Diagnosis, Issue } from './diagnosis.ts'
import type { KnownClient } from './doctor-database.ts'

const vendorHost = 'api.workos.com'

/** What an application started in this folder would find: its environment, then .env.local, then .env. */
export async function readClient(folder: string): Promise<ClientEnvironment> {
  const files = await Promise.all(
    ['.env', '.env.local'].map(async (name) => parseEnv(await readFile(join(folder, name), 'utf8').catch(() => ''))),
  )
  const [shared, local] = files.map(readClientEnvironment)
  const own = readClientEnvironment()
  return {
    apiKey: own.apiKey ?? local?.apiKey ?? shared?.apiKey,
    clientId: own.clientId ?? local?.clientId ?? shared?.clientId,
    hostname: own.hostname ?? local?.hostname ?? shared?.hostname,
    port: own.port ?? local?.port ?? shared?.port,
  }
}

/** Compares the application's settings with what this server knows. */
export function examineClient(client: ClientEnvironment, known: KnownClient, config: Config): Diagnosis {
  const { apiKey, clientId, hostname, port } = client
  return {
    title: 'Application in this folder',
    facts: {
      WORKOS_API_KEY: apiKey === undefined ? 'not set' : `${apiKey.slice(0, 8)}…${apiKey.slice(-4)}`,
      WORKOS_CLIENT_ID: clientId ?? 'not set',
      WORKOS_API_HOSTNAME: hostname === undefined ? 'not set' : `${hostname}${port === undefined ? '' : `:${port}`}`,
    },
    issues: findClientIssues(client, known, config),
  }
}

/** Pure. Nothing can be said about a key that could not be looked up. */
export function findClientIssues(
  client: ClientEnvironment,
  known: KnownClient,
  { port }: Pick<Config, 'port'>,
): Issue[] {
  if (client.apiKey === undefined || known === undefined) return []
  const pointsToCloud = client.hostname === undefined || client.hostname === vendorHost
  const { environment } = known
  if (!environment)
    return pointsToCloud
      ? []
      : [
          {
            code: 'API_KEY_UNKNOWN',
            severity: 'error',
            message: `WORKOS_API_HOSTNAME is ${client.hostname}, but this server does not know the key in WORKOS_API_KEY.`,
            fix: 'Use the key that "gatehouse dev" prints, or make one: gatehouse keys create NAME',
          },
        ]
  const issues: Issue[] = []
  if (pointsToCloud)
    issues.push({
      code: 'SDK_POINTS_TO_CLOUD',
      severity: 'error',
      message: `WORKOS_API_KEY is a key of this server, but the SDK will send it to ${vendorHost}.`,
      fix:
        `Pass apiHostname: 'localhost', port: ${port}, https: false to new WorkOS(…); or set WORKOS_API_HOSTNAME=localhost, ` +
        `WORKOS_API_PORT=${port}, WORKOS_API_HTTPS=false and start the app with node --import gatehouse/register.`,
    })
  if (client.clientId !== undefined && client.clientId !== environment.client_id)
    issues.push({
      code: 'CLIENT_ID_MISMATCH',
      severity: 'error',
      message: `WORKOS_CLIENT_ID is ${client.clientId}, but WORKOS_API_KEY belongs to ${environment.client_id}.`,
      fix: `Set WORKOS_CLIENT_ID=${environment.client_id}`,
    })
  return issues
}
