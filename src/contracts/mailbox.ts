import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { MailId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const nullableString = Type.Union([Type.String(), Type.Null()])

/** A message as it was sent, or waits to be. */
export const Mail = Type.Object({
  object: Type.Literal('mail'),
  id: MailId,
  kind: Type.String(),
  to: Type.String(),
  state: Type.Enum(['due', 'sent', 'failed']),
  attempts: Type.Integer(),
  error: nullableString,
  /** Null once the content is forgotten: production keeps it until it is sent. */
  subject: nullableString,
  text: nullableString,
  html: nullableString,
  /** The code to type, if it brings one. */
  code: nullableString,
  /** The link to follow, if it brings one. */
  link: nullableString,
  created_at: Timestamp,
  sent_at: Type.Union([Timestamp, Type.Null()]),
})
export type Mail = Static<typeof Mail>

export const listMailbox = endpoint({
  operationId: 'listMailbox',
  method: 'GET',
  path: '/mailbox',
  summary: 'What was mailed to whom, with codes and links taken out',
  tag: 'mail',
  access: 'api_key',
  secretFields: ['text', 'html', 'code', 'link'],
  extension: true,
  query: Type.Object({ ...pageQuery, to: Type.Optional(Type.String()) }),
  success: { status: 200, body: List(Mail) },
})
