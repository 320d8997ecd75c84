import { createHmac, timingSafeEqual } from 'node:crypto'

const stepSeconds = 30
const digits = 6
/** RFC 6238 §5.2 advises no more than one step for clocks and slow fingers. */
const driftSteps = 1

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 §6 without padding, as authenticator apps want secrets. */
export function encodeBase32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** @returns undefined for text that is not Base32. Spaces, padding and lower case are forgiven. */
export function decodeBase32(text: string): Buffer | undefined {
  const clean = text.replaceAll(/[\s=]/g, '').toUpperCase()
  if (clean === '' || !/^[A-Z2-7]+$/.test(clean)) return undefined
  const bits = clean
    .split('')
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}

/** RFC 4226 §5.3. */
export function hotp(secret: Uint8Array, counter: number): string {
  const moving = Buffer.alloc(8)
  moving.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac('sha1', secret).update(moving).digest()
  const offset = (mac.at(-1) ?? 0) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0')
}

/** RFC 6238: the code of a moment. */
export function totp(secret: Uint8Array, now: Date): string {
  return hotp(secret, stepOf(now))
}

/**
 * The time step a code is right for. RFC 6238 §5.2: a step is good once, so only steps after the last accepted one count.
 * @returns undefined for a wrong code and for one that was used already.
 */
export function matchTotp(secret: Uint8Array, code: string, now: Date, lastStep: number | null): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const current = stepOf(now)
  let found: number | undefined
  // Every candidate is compared, whichever fits.
  for (let step = current - driftSteps; step <= current + driftSteps; step++)
    if (timingSafeEqual(Buffer.from(hotp(secret, step)), Buffer.from(code)) && (lastStep === null || step > lastStep))
      found ??= step
  return found
}

/** What authenticator apps read from a QR code. */
export function otpauthUri(secret: Uint8Array, { issuer, account }: { issuer: string; account: string }): string {
  const query = new URLSearchParams({ secret: encodeBase32(secret), issuer })
  // URLSearchParams writes spaces as +, which some apps show.
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${query.toString().replaceAll('+', '%20')}`
}

function stepOf(now: Date): number {
  return Math.floor(now.getTime() / 1000 / stepSeconds)
}
