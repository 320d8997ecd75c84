const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z$/

/**
 * SAML core §1.3.3: xs:dateTime in UTC. Any number of fraction digits (AD FS writes seven); finer than a millisecond is
 * cut off. Null for anything else, such as another time zone or the 30th of February.
 */
export function parseInstant(text: string): Date | null {
  const found = form.exec(text)
  if (found === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number)
  const milliseconds = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const instant = new Date(0)
  instant.setUTCFullYear(year, month - 1, day)
  instant.setUTCHours(hour, minute, second, milliseconds)
  // Date counts on from the 30th of February to the 1st of March, and from 25 o'clock to the next day.
  const same =
    instant.getUTCMonth() === month - 1 &&
    instant.getUTCDate() === day &&
    instant.getUTCHours() === hour &&
    instant.getUTCMinutes() === minute &&
    instant.getUTCSeconds() === second
  return same ? instant : null
}

/** To the second where there are only seconds, as most identity providers write it. */
export function formatInstant(instant: Date): string {
  return instant.toISOString().replace('.000Z', 'Z')
}
