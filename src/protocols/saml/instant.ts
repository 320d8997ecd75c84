const form = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?Z$/

/**
 * SAML core §1.3.3: xs:dateTime in UTC. Any number of fraction digits (AD FS writes seven); finer than a millisecond is
 * cut off. Null for anything else, such as another time zone or the 30th of February.
 */
export function parseInstant(text: string): Date | null {
  const found = form.exec(text)
  if (found === null) return null
  const [, seconds = '', fraction = ''] = found
  const instant = new Date(`${seconds}${fraction.slice(0, 4)}Z`)
  // Date accepts the 30th of February and means the 1st of March.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(seconds) ? instant : null
}

/** To the second where there are only seconds, as most identity providers write it. */
export function formatInstant(instant: Date): string {
  return instant.toISOString().replace('.000Z', 'Z')
}
