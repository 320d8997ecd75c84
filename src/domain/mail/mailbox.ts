import type { EnvironmentId, MailId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Mail } from '#contracts/mailbox.ts'
import { readPage } from '#db/page.ts'
import { SealBroken } from '#protocols/envelope.ts'
import type { MailKind } from './queue.ts'
import type { Rendered } from './render.ts'
import { type MailDeps, openMail, renderMail, type StoredMail } from './send.ts'

type ReadDeps = Pick<MailDeps, 'db' | 'secrets' | 'baseUrl'>

interface MailRow extends StoredMail {
  readonly recipient: string
  readonly state: 'due' | 'sent' | 'failed'
  readonly attempts: number
  readonly error: string | null
  readonly created_at: Date
  readonly sent_at: Date | null
}

function mails({ db }: ReadDeps) {
  return db.kysely
    .selectFrom('mails')
    .select(['environment_id', 'id', 'kind', 'recipient', 'locale', 'content', 'state'])
    .select(['attempts', 'error', 'created_at', 'sent_at'])
    .$narrowType<{ kind: MailKind }>()
}

export async function listMailbox(
  deps: ReadDeps,
  environment: EnvironmentId,
  query: PageQuery & { readonly to?: string },
): Promise<Page<Mail>> {
  const { to } = query
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    mails(deps)
      .where('environment_id', '=', environment)
      .$if(to !== undefined, (list) => list.where('recipient', '=', (to ?? '').toLowerCase()))
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as MailId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as MailId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: await Promise.all(rows.map((row) => presentMail(deps, row))), list_metadata }
}

/** The newest mail of every environment, for the one developer whose machine this is. */
export async function latestMail(deps: ReadDeps, limit: number): Promise<Mail[]> {
  const rows = await mails(deps).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return Promise.all(rows.map((row) => presentMail(deps, row)))
}

export async function readMail(deps: ReadDeps, id: string): Promise<Mail | undefined> {
  const row = await mails(deps)
    .where('id', '=', id as MailId) // any text may be asked for
    .limit(1)
    .executeTakeFirst()
  return row && presentMail(deps, row)
}

async function presentMail(deps: ReadDeps, row: MailRow): Promise<Mail> {
  const { values, rendered } = await contentOf(deps, row)
  return {
    object: 'mail',
    id: row.id,
    kind: row.kind,
    to: row.recipient,
    state: row.state,
    attempts: row.attempts,
    error: row.error,
    subject: rendered?.subject ?? null,
    text: rendered?.text ?? null,
    html: rendered?.html ?? null,
    code: values && 'code' in values ? values.code : null,
    link: values && 'url' in values ? values.url : null,
    created_at: row.created_at.toISOString(),
    sent_at: row.sent_at?.toISOString() ?? null,
  }
}

/** A mail sealed by a key that was taken away since is like one that was forgotten. */
async function contentOf(deps: ReadDeps, row: MailRow) {
  try {
    const values = openMail(deps, row)
    const rendered: Rendered | undefined = values && (await renderMail(deps, row))
    return { values, rendered }
  } catch (error) {
    if (error instanceof SealBroken) return { values: undefined, rendered: undefined }
    throw error
  }
}
