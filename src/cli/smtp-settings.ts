import type { SmtpOptions } from '../smtp.ts'
import type { Config } from '../settings.ts'
import { exitCodes, Failure } from './failure.ts'

/** @throws Failure when one of the two is missing: a server that cannot say whom mail comes from sends none. */
export function smtpOf({ smtpUrl, mailFrom }: Config): SmtpOptions | undefined {
  if (smtpUrl === undefined) return undefined
  if (mailFrom !== undefined) return { url: smtpUrl, from: mailFrom }
  throw new Failure(
    exitCodes.userError,
    'GATEHOUSE_SMTP_URL is set and GATEHOUSE_MAIL_FROM is not. Give the address that mail comes from.',
  )
}
