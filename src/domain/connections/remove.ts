import type { ConnectionId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { presentDeleted } from './present.ts'

/** Sign-ins through it end here; the profiles it made stay, for a connection that continues its realm. */
export async function removeConnection(work: Work, id: ConnectionId): Promise<void> {
  const row = await work.tx
    .deleteFrom('connections')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new NotFound('Connection', id)
  work.emit('connection.deleted', presentDeleted(row), row.organization_id)
}
