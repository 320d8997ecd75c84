/** A stream of numbers that is the same for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[]
  /** Letters and digits, as in the ids of identity providers. */
  token(length: number): string
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Mulberry32: small, good enough for names, and never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: ([first, ...rest]) => [first, ...rest][below(rest.length + 1)] ?? first,
    shuffled: (things) =>
      things
        .map((thing) => ({ thing, rank: next() }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ thing }) => thing),
    token: (length) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(''),
  }
}
