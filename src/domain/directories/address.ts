/** Plainly an e-mail address; whether anybody reads it there is another question. */
export function isAddress(value: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(value)
}
