import { createTransport } from 'nodemailer'
import type { PostMail } from '#domain/mail/send.ts'

export interface SmtpOptions {
  /** `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`. */
  readonly url: string
  /** `Name <address>` or the address alone. */
  readonly from: string
}

const timeoutMs = 20_000

/** Sends mail through one SMTP server, over a few connections that are kept. */
export function smtpMail({ url, from }: SmtpOptions): PostMail & { close(): void } {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 3,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Addresses in a message are never fetched or read from disk.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'gatehouse'
  const post: PostMail = async ({ id, to, subject, text, html }) => {
    try {
      await transport.sendMail({
        from,
        // As an object it is one address whatever it holds; as text it would be a list.
        to: { name: '', address: to },
        subject,
        text,
        html,
        // The same at every attempt, so that a mail that arrived twice is seen once.
        messageId: `<${id}@${domain}>`,
        // RFC 3834: no holiday answers to a machine.
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      return { ok: true }
    } catch (error) {
      return { ok: false, ...describe(error) }
    }
  }
  return Object.assign(post, { close: () => transport.close() })
}

/** A refused recipient or message (RFC 5321 §4.2.1: 5yz) will be refused again; a login or a connection may be mended. */
function describe(error: unknown): { error: string; final: boolean } {
  if (!(error instanceof Error)) return { error: String(error), final: false }
  const { code, responseCode } = error as Error & { code?: unknown; responseCode?: unknown } // nodemailer's additions
  const aboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  return {
    error: error.message.slice(0, 500),
    final: aboutTheMail && typeof responseCode === 'number' && responseCode >= 500,
  }
}
