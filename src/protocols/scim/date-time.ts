const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?$/i
const earliest = Date.parse('0001-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * The instant of an xsd:dateTime (RFC 7643 §2.3.5) in milliseconds since 1970, undefined when it is none. Digits past
 * the milliseconds are dropped. Without an offset the time is taken as UTC: a zone of the server's would differ per host.
 */
export function parseDateTime(text: string): number | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset = 'Z'] = match
  const date = `${year}-${month}-${day}`
  const milliseconds = `${fraction}000`.slice(0, 3)
  const instant = Date.parse(`${date}T${hour}:${minute}:${second}.${milliseconds}${offset.toUpperCase()}`)
  // Also what is NaN. Outside these years PostgreSQL and ISO 8601 spell instants differently.
  if (!(instant >= earliest && instant <= latest)) return undefined
  // Date.parse rolls the 30th of February over into March.
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date) ? instant : undefined
}
