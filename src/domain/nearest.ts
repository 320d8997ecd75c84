/** The candidate with the fewest edits to the text (Levenshtein), for messages that suggest what was meant. */
export function nearest<T extends string>(text: string, candidates: readonly T[]): T | undefined {
  let best: T | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const distance = edits(text.slice(0, 512), candidate)
    if (distance < fewest) [best, fewest] = [candidate, distance]
  }
  return best
}

function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
