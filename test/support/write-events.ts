import { sql } from 'kysely'
import { newId } from '#db/new-id.ts'
import type { TestEnvironment, TestServer } from './server.ts'

/** Writes events straight into the log. @returns their ids in order. */
export async function writeEvents(
  server: TestServer,
  environment: TestEnvironment,
  count: number,
  options: { type?: string; organization?: string | null; padding?: number; text?: string; data?: object } = {},
): Promise<string[]> {
  const now = server.clock.read()
  const { type = 'user.created', organization = null, text = 'x'.repeat(options.padding ?? 0) } = options
  const ids = Array.from({ length: count }, () => newId('event', now))
  const bodies = ids.map((id) =>
    JSON.stringify({
      object: 'event',
      id,
      event: type,
      data: options.data ?? { text },
      created_at: now.toISOString(),
    }),
  )
  await sql`select append_events(${environment.id}, ${ids}, ${ids.map(() => type)}, ${ids.map(() => organization)}, ${bodies}, ${now})`.execute(
    server.db.kysely,
  )
  return ids
}
