import { sql } from 'kysely'
import type { EnvironmentId, InvitationId, OrganizationId } from '#contracts/ids.ts'
import type { Invitation } from '#contracts/invitations.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { NotFound } from '../errors.ts'
import { addressKey } from '../users/address.ts'
import { type InvitationKeys, type InvitationRow, presentInvitation } from './present.ts'

type Reader = Database['kysely'] | Work['tx']

export interface InvitationQuery extends PageQuery {
  readonly email?: string
  readonly organization_id?: string
}

function invitations(reader: Reader, environment: EnvironmentId) {
  return reader
    .selectFrom('invitations as i')
    .selectAll('i')
    .select(
      sql<string | null>`(select s.settings ->> 'sign_in_endpoint' from authentication_settings s
        where s.environment_id = i.environment_id)`.as('sign_in_endpoint'),
    )
    .where('i.environment_id', '=', environment)
}

/** @throws NotFound */
export async function readInvitation(
  reader: Reader,
  environment: EnvironmentId,
  id: InvitationId,
): Promise<InvitationRow> {
  const row = await invitations(reader, environment).where('i.id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Invitation', id)
  return row
}

/** Whatever its state. @returns undefined for a token that opens nothing in this environment. */
export async function readInvitationByToken(
  reader: Reader,
  environment: EnvironmentId,
  token: string,
): Promise<InvitationRow | undefined> {
  return invitations(reader, environment).where('i.token_hash', '=', hashSecret(token)).executeTakeFirst()
}

/** Whose sign-in page an invitation's token leads to, whatever its state. The mail's link names nothing else. */
export async function findInvitingClient({ kysely }: Database, token: string): Promise<string | undefined> {
  const row = await kysely
    .selectFrom('invitations as i')
    .innerJoin('environments as e', 'e.id', 'i.environment_id')
    .select('e.client_id')
    .where('i.token_hash', '=', hashSecret(token))
    .executeTakeFirst()
  return row?.client_id
}

/** Reads an invitation to change: nobody else accepts or revokes it until the transaction ends. @throws NotFound */
export async function lockInvitation(work: Work, id: InvitationId): Promise<InvitationRow> {
  const row = await invitations(work.tx, work.environment).where('i.id', '=', id).forUpdate('i').executeTakeFirst()
  if (!row) throw new NotFound('Invitation', id)
  return row
}

/** The invitation an address has to an organization, or to the application alone, that can still be accepted. */
export async function findOpenInvitation(
  work: Work,
  email: string,
  organization: OrganizationId | null,
): Promise<InvitationRow | undefined> {
  return invitations(work.tx, work.environment)
    .where('i.email', '=', addressKey(email))
    .where('i.organization_id', 'is not distinct from', organization)
    .where('i.state', '=', 'pending')
    .where('i.expires_at', '>', work.now)
    .orderBy('i.id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export async function listInvitations(
  { db, clock, ...keys }: InvitationKeys & { readonly db: Database; readonly clock: () => Date },
  environment: EnvironmentId,
  query: InvitationQuery,
): Promise<Page<Invitation>> {
  const { email, organization_id: organization } = query
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    invitations(db.kysely, environment)
      .$if(email !== undefined, (list) => list.where('i.email', '=', addressKey(email ?? '')))
      .$if(organization !== undefined, (list) => list.where('i.organization_id', '=', organization as OrganizationId)) // any text may be asked for
      .$if(newerThan !== undefined, (list) => list.where('i.id', '>', newerThan as InvitationId))
      .$if(olderThan !== undefined, (list) => list.where('i.id', '<', olderThan as InvitationId))
      .orderBy('i.id', direction)
      .limit(limit)
      .execute(),
  )
  const now = clock()
  return { object: 'list', data: rows.map((row) => presentInvitation(row, keys, now)), list_metadata }
}
