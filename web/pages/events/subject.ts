import type { Event } from '#contracts/events.ts'

type Fields = Readonly<Record<string, unknown>>

/** Whom or what an event is about, as people call it. Payloads differ; the first name that is found will do. */
export function subjectOf({ data }: Event): string {
  const fields = asFields(data)
  const { user, group, organization_domain: domain } = fields
  if (user !== undefined && group !== undefined) return `${nameOf(asFields(user))} · ${nameOf(asFields(group))}`
  return nameOf(domain === undefined ? fields : asFields(domain))
}

export function organizationOf({ data }: Event): string | undefined {
  const fields = asFields(data)
  if (fields['object'] === 'organization') return textOf(fields['id'])
  const nested = [fields, asFields(fields['sso']), asFields(fields['user']), asFields(fields['organization_domain'])]
  return nested.map((each) => textOf(each['organization_id'])).find((id) => id !== undefined)
}

function nameOf(fields: Fields): string {
  const names = ['name', 'domain', 'email', 'username', 'token_suffix', 'id']
  return names.map((name) => textOf(fields[name])).find((text) => text !== undefined) ?? ''
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {} // an object is read by its keys
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
