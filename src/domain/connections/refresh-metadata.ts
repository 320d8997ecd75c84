import { change, type ChangeDeps } from '#db/work.ts'
import { isDomainError } from '../errors.ts'
import { saveIdpSettings } from './configure.ts'
import { type FetchText, fetchIdpSettings } from './idp-settings.ts'
import { readConnectionRow } from './read.ts'

const refreshAfterMs = 24 * 60 * 60_000

/**
 * Reads the metadata of linked connections again once a day, so that a new certificate is known before it signs.
 * The old keys stay when the address fails or another identity provider answers there.
 */
export async function refreshMetadata(
  deps: ChangeDeps & { readonly fetchText: FetchText },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = deps.clock()
    const { rows } = await deps.db.pool.query<{
      environment_id: `environment_${string}`
      id: `conn_${string}`
      idp_entity_id: string
      idp_metadata_url: string
    }>(
      // Moving the mark claims the row: other processes see it as done, and a failure is tried again tomorrow.
      `update connections c set idp_metadata_fetched_at = $1
       where (environment_id, id) in (
         select environment_id, id from connections
         where idp_metadata_url is not null and state in ('active', 'validating') and idp_metadata_fetched_at < $2
         limit 1 for update skip locked)
       returning environment_id, id, idp_entity_id, idp_metadata_url`,
      [now, new Date(now.getTime() - refreshAfterMs)],
    )
    const [row] = rows
    if (!row) return
    try {
      const idp = await fetchIdpSettings(row.idp_metadata_url, deps.fetchText, now)
      if (idp.entityId !== row.idp_entity_id) continue
      await change(deps, { environment: row.environment_id }, async (work) =>
        saveIdpSettings(work, await readConnectionRow(work.tx, work.environment, row.id, 'lock'), idp),
      )
    } catch (error) {
      if (!isDomainError(error)) throw error
    }
  }
}
