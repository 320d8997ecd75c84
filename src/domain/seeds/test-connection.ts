import type { ConnectionId, EnvironmentId } from '#contracts/ids.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import { saveIdpSettings } from '../connections/configure.ts'
import { createConnection } from '../connections/create.ts'
import { type FetchText, fetchIdpSettings } from '../connections/idp-settings.ts'
import { readConnectionRow } from '../connections/read.ts'
import { testOrganizationId } from './sample.ts'

export interface TestConnectionDeps extends ChangeDeps {
  readonly fetchText: FetchText
  readonly baseUrl: string
}

/** Pinned, like its organization: it stands in examples and scripts. */
const testConnectionId: ConnectionId = 'conn_test_idp'

/**
 * Connects the Test Organization to the test identity provider, which answers by now.
 * @param fresh the environments were made at this start. Later the connection is only led to the address of this start:
 *   what people removed does not come back.
 */
export async function connectTestIdp(
  deps: TestConnectionDeps,
  environment: EnvironmentId,
  metadataUrl: string,
  fresh: boolean,
): Promise<void> {
  const existing = await deps.db.kysely
    .selectFrom('connections')
    .select(['idp_metadata_url'])
    .where('environment_id', '=', environment)
    .where('id', '=', testConnectionId)
    .executeTakeFirst()
  if (existing ? existing.idp_metadata_url === metadataUrl : !fresh) return
  const idp = await fetchIdpSettings(metadataUrl, deps.fetchText, deps.clock())
  await change(deps, { environment }, async (work) => {
    if (existing)
      return saveIdpSettings(work, await readConnectionRow(work.tx, environment, testConnectionId, 'lock'), idp)
    const connection = {
      id: testConnectionId,
      externalKey: 'test-idp',
      organization_id: testOrganizationId,
      connection_type: 'TestIdp' as const,
      name: 'Test IdP',
    }
    await createConnection(work, connection, idp, deps.baseUrl)
  })
}
