import type { LogStream, LogStreamStatus } from '#contracts/log-streams.ts'
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

export async function createStream(environment: TestEnvironment, body: object = {}): Promise<LogStream> {
  const defaults = { type: 'datadog', datadog: { api_key: datadogKey, site: 'EU1' } }
  const created = await environment.api<LogStream>('POST', '/log_streams', { body: { ...defaults, ...body } })
  if (created.status !== 201) throw new Error(created.text)
  return created.body
}

export async function statusOf(environment: TestEnvironment, { id }: LogStream): Promise<LogStreamStatus> {
  return (await environment.api<LogStreamStatus>('GET', `/log_streams/${id}/status`)).body
}
