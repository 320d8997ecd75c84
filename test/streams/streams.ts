import { sql } from 'kysely'
import type { LogStream, LogStreamStatus } from '#contracts/log-streams.ts'
import { newId } from '#db/new-id.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { type LogStreamDeps, LogStreamWorker } from '#domain/log-streams/deliver.ts'
import type { TestEnvironment, TestServer } from '../support/server.ts'
import { datadogKey } from './intakes.ts'

export function newWorker(server: TestServer, change: Partial<LogStreamDeps> = {}): LogStreamWorker {
  const deps: LogStreamDeps = {
    db: server.db,
    clock: server.clock.read,
    secrets: server.deps.logStreams.secrets,
    outlets: server.deps.logStreams.outlets,
    random: () => 0,
    ...change,
  }
  return new LogStreamWorker(deps, (error) => {
    throw error
  })
}

/** Everything the background does until nothing is due. */
export async function work(server: TestServer, worker = newWorker(server)): Promise<void> {
  await stampEvents(server.db)
  while ((await worker.startDue()) > 0) await worker.settle()
}

/** Writes events straight into the log. @returns their ids in order. */
export async function writeEvents(
  server: TestServer,
  environment: TestEnvironment,
  count: number,
  options: { type?: string; organization?: string | null; padding?: number } = {},
): Promise<string[]> {
  const now = server.clock.read()
  const { type = 'user.created', organization = null, padding = 0 } = options
  const ids = Array.from({ length: count }, () => newId('event', now))
  const bodies = ids.map((id) =>
    JSON.stringify({
      object: 'event',
      id,
      event: type,
      data: { text: 'x'.repeat(padding) },
      created_at: now.toISOString(),
    }),
  )
  await sql`select append_events(${environment.id}, ${ids}, ${ids.map(() => type)}, ${ids.map(() => organization)}, ${bodies}, ${now})`.execute(
    server.db.kysely,
  )
  return ids
}

export async function createStream(environment: TestEnvironment, body: object = {}): Promise<LogStream> {
  const defaults = { type: 'datadog', datadog: { api_key: datadogKey, site: 'EU1' } }
  const created = await environment.api<LogStream>('POST', '/log_streams', { body: { ...defaults, ...body } })
  if (created.status !== 201) throw new Error(created.text)
  return created.body
}

export async function statusOf(environment: TestEnvironment, { id }: LogStream): Promise<LogStreamStatus> {
  return (await environment.api<LogStreamStatus>('GET', `/log_streams/${id}/status`)).body
}
