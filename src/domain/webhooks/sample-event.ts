import type { TSchema } from 'typebox'
import { type EventName, eventPayloads } from '#contracts/events.ts'

/** What fields say in a sample, where their kind alone would say too little. */
const texts: Readonly<Record<string, string>> = {
  code: 'sample_code',
  domain: 'example.com',
  email: 'ada@example.com',
  endpoint_url: 'https://example.com/webhooks',
  external_key: 'sample',
  first_name: 'Ada',
  idp_id: 'sample-idp-id',
  ip_address: '192.0.2.1',
  job_title: 'Engineer',
  last_name: 'Lovelace',
  locale: 'en',
  message: 'This is a sample.',
  name: 'Sample',
  profile_picture_url: 'https://example.com/ada.png',
  reason: 'This is a sample.',
  slug: 'sample',
  user_agent: 'Sample/1.0',
  username: 'ada',
  value: 'ada@example.com',
}

/** A payload of the event, made from its contract: right in form, and about nobody. The ids say that they are samples. */
export function samplePayload(event: EventName, now: Date): unknown {
  return sample(eventPayloads[event], '', now)
}

interface AnySchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly TSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly items?: TSchema
  readonly properties?: Readonly<Record<string, TSchema>>
}

function sample(schema: TSchema, field: string, now: Date): unknown {
  const known: AnySchema = schema // what the contracts are written with
  if ('const' in known) return known.const
  if (known.enum) return known.enum[0]
  // The first is what is usual; null comes last.
  if (known.anyOf?.[0]) return sample(known.anyOf[0], field, now)
  switch (known.type) {
    case 'string':
      return sampleText(known, field, now)
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 1
    case 'array':
      return known.items ? [sample(known.items, singular(field), now)] : []
    case 'object':
      return Object.fromEntries(
        Object.entries(known.properties ?? {}).map(([name, property]) => [name, sample(property, name, now)]),
      )
    case 'null':
      return null
    default:
      return {}
  }
}

function sampleText({ format, pattern }: AnySchema, field: string, now: Date): string {
  if (format === 'date-time') return now.toISOString()
  if (pattern !== undefined) return `${pattern.replace(/^\^/, '')}sample`
  return texts[field] ?? (field.endsWith('_id') ? `${field.replace(/_id$/, '')}_sample` : 'sample')
}

function singular(field: string): string {
  return field.replace(/s$/, '')
}
