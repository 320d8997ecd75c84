import type { EnvironmentId, LogStreamId } from '#contracts/ids.ts'
import type { LogStreamTest } from '#contracts/log-streams.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { NotFound } from '../errors.ts'
import { sendBatch, type Target } from './destinations.ts'
import type { LogStreamRules } from './streams.ts'

const testEvent = 'log_stream.test'

/** Sends an event that is in no log, also for a paused stream; position and counters stay as they are. */
export async function testLogStream(
  db: Database,
  environment: EnvironmentId,
  id: LogStreamId,
  { secrets, outlets }: LogStreamRules,
  now: Date,
): Promise<LogStreamTest> {
  const { rows } = await db.pool.query<Target>(
    `select s.environment_id, s.id, e.kind, s.type, s.settings, s.sealed_credentials
     from log_streams s join environments e on e.id = s.environment_id where s.environment_id = $1 and s.id = $2`,
    [environment, id],
  )
  const [target] = rows
  if (!target) throw new NotFound('Log Stream', id)
  const event = {
    object: 'event',
    id: newId('event', now),
    event: testEvent,
    data: { log_stream_id: id },
    created_at: now.toISOString(),
  }
  const batch = [{ id: event.id, type: testEvent, organization_id: null, created_at: now, body: JSON.stringify(event) }]
  const verdict = await sendBatch(batch, target, secrets, outlets, now)
  const delivered = verdict.kind === 'accepted'
  return {
    object: 'log_stream_test',
    delivered,
    status: verdict.status,
    message: verdict.kind === 'accepted' ? null : verdict.message,
  }
}
