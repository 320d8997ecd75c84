import type { MailId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'

/** What a mail of each kind has to say, besides what branding and language add. Links are whole URLs. */
export interface MailValues {
  readonly magic_auth: { readonly code: string; readonly minutes: number }
  readonly email_verification: { readonly code: string; readonly minutes: number }
  readonly email_change: { readonly code: string; readonly minutes: number }
  readonly password_reset: { readonly url: string; readonly minutes: number }
  readonly password_changed: Record<string, never>
  readonly invitation: {
    readonly url: string
    readonly organization: string | null
    readonly inviter: string | null
    readonly days: number
  }
  /** Answer to a sign-up with an address that has an account, so that the page need not tell. */
  readonly account_exists: { readonly url: string }
  readonly webhook_endpoint_disabled: {
    readonly endpoint: string
    readonly failing_since: string
    readonly reason: string
  }
  readonly alert: { readonly rule: string; readonly text: string }
}
export type MailKind = keyof MailValues

/** Sends with the change that asks for it, or not at all: the row is part of its transaction. */
export async function queueMail<K extends MailKind>(
  work: Work,
  secrets: Secrets,
  kind: K,
  { to, locale, values }: { readonly to: string; readonly locale: string | null; readonly values: MailValues[K] },
): Promise<MailId> {
  const id = newId('mail', work.now)
  await work.tx
    .insertInto('mails')
    .values({
      environment_id: work.environment,
      id,
      kind,
      recipient: to,
      locale,
      content: secrets.seal(JSON.stringify(values), mailContext(id)),
      state: 'due',
      next_attempt_at: work.now,
      created_at: work.now,
    })
    .execute()
  return id
}

/** What a mail's content is sealed for. */
export function mailContext(id: MailId): string {
  return `mails.content:${id}`
}
