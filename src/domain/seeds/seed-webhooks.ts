import { wireEventNames } from '#contracts/event-names.ts'
import { WebhookEndpointCreate } from '#contracts/webhooks.ts'
import { nearest } from '../nearest.ts'
import { compact, type Located, type Path, type SeedReader } from './seed-reader.ts'

export interface SeedWebhookEndpoint extends Located {
  readonly endpoint_url: string
  /** Left out: every event of the wire when it is made, and whatever it has afterwards. */
  readonly events?: readonly string[]
  readonly enabled?: boolean
  readonly ordered?: boolean
  /** Left out: a random one when it is made. */
  readonly secret?: string
}

/** `url` is the older word of the vendor's emulator, and no events its word for all of them. */
export function readWebhookEndpoint(reader: SeedReader, path: Path, value: unknown): SeedWebhookEndpoint {
  const fields = reader.fields(path, value, ['endpoint_url', 'url', 'events', 'enabled', 'ordered', 'secret'])
  const url = fields.get('endpoint_url') ? fields.text('endpoint_url') : fields.text('url')
  if (!fields.get('endpoint_url') && !fields.get('url')) fields.required('endpoint_url')
  const events = fields.textList('events')
  for (const [index, name] of (events ?? []).entries())
    if (!wireEventNames.some((known) => known === name))
      reader.complain(
        [...path, 'events', index],
        `"${name}" is not an event. Did you mean "${nearest(name, wireEventNames)}"?`,
      )
  const secret = fields.text('secret')
  if (secret !== undefined && !/^[\x21-\x7E]{8,255}$/.test(secret))
    reader.complain([...path, 'secret'], 'a secret is 8 to 255 letters, digits and signs of ASCII.')
  if (url !== undefined)
    reader.conforms(path, WebhookEndpointCreate, { endpoint_url: url, events: events?.length ? events : ['any'] })
  return compact({
    line: fields.line,
    endpoint_url: url ?? '',
    events: events?.length ? events : undefined,
    enabled: fields.flag('enabled'),
    ordered: fields.flag('ordered'),
    secret,
  })
}
