import type { OrganizationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { removeConnection } from '../connections/remove.ts'
import { removeDirectory } from '../directories/directories.ts'
import { removeMemberships } from '../memberships/remove.ts'
import { lockDomains, removeDomain } from './domains.ts'
import { presentInEvent } from './present.ts'
import { readOrganization } from './read.ts'

/** Takes the organization's connections, directories, memberships and domains with it, each with its own event, the organization's last. */
export async function removeOrganization(work: Work, id: OrganizationId): Promise<void> {
  await lockDomains(work)
  await work.tx
    .selectFrom('organizations')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .execute()
  const organization = await readOrganization(work.tx, work.environment, id)
  const connections = await work.tx
    .selectFrom('connections')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', id)
    .orderBy('id')
    .execute()
  for (const connection of connections) await removeConnection(work, connection.id)
  const directories = await work.tx
    .selectFrom('directories')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', id)
    .orderBy('id')
    .execute()
  for (const directory of directories) await removeDirectory(work, directory.id)
  await removeMemberships(work, { organization: id })
  for (const domain of organization.domains) await removeDomain(work, domain.id)
  await work.tx
    .deleteFrom('organizations')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  work.emit('organization.deleted', presentInEvent(organization), id)
}
