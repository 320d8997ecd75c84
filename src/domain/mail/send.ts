import type { EnvironmentId, MailId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { readBrand } from '../branding/brand.ts'
import { localeFor, sayIn } from '../locales/say.ts'
import { compose } from './compose.ts'
import { type MailKind, mailContext, type MailValues } from './queue.ts'
import { render, type Rendered } from './render.ts'

export interface OutgoingMail extends Rendered {
  readonly id: MailId
  readonly to: string
}

export type Posted =
  | { readonly ok: true }
  /** `final`: the mailbox does not exist or will never take it. */
  | { readonly ok: false; readonly error: string; readonly final: boolean }

/** Hands a mail to whoever carries it, within the lease. Never throws for what the other side says. */
export type PostMail = (mail: OutgoingMail) => Promise<Posted>

export interface MailDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly secrets: Secrets
  readonly baseUrl: string
  /** Undefined where mail is kept in the mailbox and goes nowhere. */
  readonly postMail: PostMail | undefined
}

/** Longer than an attempt may take: who comes back later than that finds that somebody else had it. */
const leaseSeconds = 120
const batch = 10
/** A code is dead after minutes and a link after days; past a day, silence is better than an old mail. */
const giveUpAfterMs = 24 * 60 * 60_000
const waitsSeconds = [5, 15, 60, 300, 900, 1800, 3600]

interface Due {
  readonly environment_id: EnvironmentId
  readonly environment_kind: 'staging' | 'production'
  readonly id: MailId
  readonly kind: MailKind
  readonly recipient: string
  readonly locale: string | null
  readonly content: string
  readonly attempts: number
  readonly created_at: Date
}

const claim = prepared<[Date, Date, number], Due>(
  'mail-claim',
  `with due as (
     select environment_id, id from mails where state = 'due' and next_attempt_at <= $1
     order by next_attempt_at limit $3 for update skip locked)
   update mails m set next_attempt_at = $2, attempts = m.attempts + 1
   from due d join environments e on e.id = d.environment_id
   where m.environment_id = d.environment_id and m.id = d.id
   returning m.environment_id, e.kind as environment_kind, m.id, m.kind, m.recipient, m.locale, m.content, m.attempts, m.created_at`,
)

const store = prepared(
  'mail-store',
  `update mails set state = $3, error = $4, next_attempt_at = $5, sent_at = $6, content = case when $7 then '' else content end
   where environment_id = $1 and id = $2 and state = 'due' and attempts = $8`,
)

/** Sends what is due, a few at once. @returns how many mails were tried. */
export async function sendDueMail(deps: MailDeps): Promise<number> {
  const now = deps.clock()
  const due = await claim(deps.db.pool, now, new Date(now.getTime() + leaseSeconds * 1000), batch)
  await Promise.all(due.map((mail) => send(deps, mail)))
  return due.length
}

async function send(deps: MailDeps, mail: Due): Promise<void> {
  const posted = await post(deps, mail)
  const now = deps.clock()
  const late = now.getTime() - mail.created_at.getTime() > giveUpAfterMs
  const over = posted.ok || posted.final || late
  const wait = waitsSeconds[Math.min(mail.attempts, waitsSeconds.length) - 1] ?? 0
  // What was sent from production is nobody's business any more. In staging the mailbox goes on showing it.
  const forget = over && mail.environment_kind === 'production' && deps.postMail !== undefined
  await store(
    deps.db.pool,
    mail.environment_id,
    mail.id,
    over ? (posted.ok ? 'sent' : 'failed') : 'due',
    posted.ok ? null : posted.error,
    over ? now : new Date(now.getTime() + wait * 1000),
    posted.ok ? now : null,
    forget,
    mail.attempts,
  )
}

async function post(deps: MailDeps, mail: Due): Promise<Posted> {
  if (!deps.postMail) return { ok: true }
  const rendered = await renderMail(deps, mail)
  return deps.postMail({ ...rendered, id: mail.id, to: mail.recipient })
}

export interface StoredMail {
  readonly environment_id: EnvironmentId
  readonly id: MailId
  readonly kind: MailKind
  readonly locale: string | null
  readonly content: string
}

/** What a mail holds. Undefined when that was forgotten. */
export function openMail({ secrets }: Pick<MailDeps, 'secrets'>, { id, content }: StoredMail) {
  if (content === '') return undefined
  return JSON.parse(secrets.open(content, mailContext(id))) as MailValues[MailKind] // queueMail wrote it
}

/** Renders a mail in its language and the look its environment has now. @throws Error when its content is gone. */
export async function renderMail(
  deps: Pick<MailDeps, 'db' | 'secrets' | 'baseUrl'>,
  mail: StoredMail,
): Promise<Rendered> {
  const values = openMail(deps, mail)
  if (!values) throw new Error(`The content of ${mail.id} is gone.`)
  const brand = await readBrand(deps.db, mail.environment_id)
  const locale = localeFor(mail.locale ?? '') ?? brand.settings.fallback_locale
  const letter = compose(sayIn(locale), mail.kind, values, brand.settings.application_name)
  return render(letter, { brand, locale, baseUrl: deps.baseUrl })
}
