import type { Say } from '../locales/catalogue.ts'
import type { MailKind, MailValues } from './queue.ts'

/** What a mail says, before it has a form. */
export interface Letter {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** To type, shown large. */
  readonly code?: string
  /** To follow, shown as a button. */
  readonly link?: { readonly label: string; readonly url: string }
  readonly closing?: string
}

type Composer<K extends MailKind> = (say: Say, values: MailValues[K], app: string | null) => Letter

/** Mail to operators is English, as the dashboard is. */
const composers: { readonly [K in MailKind]: Composer<K> } = {
  magic_auth: (say, { code, minutes }, app) => ({
    subject: app === null ? say('mailCodeSubject', { code }) : say('mailCodeSubjectFor', { code, app }),
    paragraphs: [say('mailCodeText', { count: minutes })],
    code,
    closing: say('mailIgnore'),
  }),
  email_verification: (say, { code, minutes }) => ({
    subject: say('mailVerifySubject'),
    paragraphs: [say('mailVerifyText', { count: minutes })],
    code,
    closing: say('mailIgnore'),
  }),
  email_change: (say, { code, minutes }) => ({
    subject: say('mailChangeSubject'),
    paragraphs: [say('mailVerifyText', { count: minutes })],
    code,
    closing: say('mailIgnore'),
  }),
  password_reset: (say, { url, minutes }) => ({
    subject: say('mailResetSubject'),
    paragraphs: [say('mailResetText', { count: minutes })],
    link: { label: say('resetTitle'), url },
    closing: say('mailIgnore'),
  }),
  password_changed: (say) => ({
    subject: say('mailChangedSubject'),
    paragraphs: [say('mailChangedText'), say('mailChangedPasskeys')],
  }),
  invitation: (say, { url, organization, inviter, days }, app) => {
    const place = organization ?? app
    return {
      subject: place === null ? say('inviteTitlePlain') : say('mailInviteSubject', { organization: place }),
      paragraphs: [
        ...(inviter === null || place === null ? [] : [say('mailInviteBy', { inviter, organization: place })]),
        say('mailInviteText', { count: days }),
      ],
      link: { label: say('inviteAccept'), url },
      closing: say('mailIgnore'),
    }
  },
  account_exists: (say, { url }) => ({
    subject: say('mailExistsSubject'),
    paragraphs: [say('mailExistsText')],
    link: { label: say('signIn'), url },
    closing: say('mailIgnore'),
  }),
  webhook_endpoint_disabled: (_say, { endpoint, failing_since, reason }) => ({
    subject: 'A webhook endpoint was switched off',
    paragraphs: [
      `Nothing got through to ${endpoint} since ${failing_since}, so it was switched off. The last attempt: ${reason}`,
      'Mend it, switch it on again, and recover what failed: nothing is lost for as long as deliveries are kept.',
    ],
  }),
  alert: (_say, { rule, text }) => ({ subject: `Alert: ${rule}`, paragraphs: [text] }),
}

export function compose<K extends MailKind>(say: Say, kind: K, values: MailValues[K], app: string | null): Letter {
  return composers[kind](say, values, app)
}
