/** Times, rates and how to compare them on a machine that others use too. */

/** Runs the variants in turn, A B A B …: what disturbs the machine for a while then disturbs both alike. */
export async function inTurns<Name extends string, T>(
  rounds: number,
  variants: Readonly<Record<Name, (round: number) => Promise<T>>>,
): Promise<Record<Name, T[]>> {
  const names = Object.keys(variants) as Name[] // Object.keys forgets the type
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, T[]> // all names
  for (let round = 0; round < rounds; round++) for (const name of names) results[name].push(await variants[name](round))
  return results
}

export interface Done {
  readonly operations: number
  readonly seconds: number
}

/** Keeps `concurrency` operations in flight for a time, then lets the last ones finish: they count too. */
export async function closedLoop(
  concurrency: number,
  milliseconds: number,
  operation: () => Promise<void>,
): Promise<Done> {
  const begin = performance.now()
  let operations = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() - begin < milliseconds) {
        await operation()
        operations++
      }
    }),
  )
  return { operations, seconds: (performance.now() - begin) / 1000 }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Nearest rank; NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The median of each round's ratio: neighbours in time are compared, not two averages over a changing machine. */
export function pairedRatio(one: readonly number[], other: readonly number[]): number {
  return median(one.map((value, index) => value / (other[index] ?? Number.NaN)))
}
