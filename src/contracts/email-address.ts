import * as Type from 'typebox'

/** Plainly an address, as far as its form can tell; RFC 5321 §4.5.3.1 for the length. */
export const EmailAddress = Type.String({ maxLength: 254, pattern: '^[^\\s@<>"]+@[^\\s@<>".]+(?:\\.[^\\s@<>".]+)+$' })
