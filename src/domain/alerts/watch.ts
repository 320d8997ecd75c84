/** What a rule asks for, in milliseconds. */
export interface Condition {
  readonly threshold: number
  readonly windowMs: number
  readonly cooldownMs: number
}

/** What a rule remembers; times in milliseconds. */
export interface Watch {
  /** Of the last events, oldest first, no more than the threshold: all that a sliding window needs. */
  readonly hits: readonly number[]
  readonly firingSince: number | undefined
  readonly firedAt: number | undefined
}

export const nothingYet: Watch = { hits: [], firingSince: undefined, firedAt: undefined }

export type Turn =
  | { readonly kind: 'firing'; readonly at: number }
  | { readonly kind: 'recovered'; readonly since: number; readonly at: number }

/**
 * One more event. It is judged at its own time, so that it makes no difference whether the log is followed closely or
 * caught up with: between two events the rule may have recovered.
 */
export function hit(condition: Condition, before: Watch, at: number): { watch: Watch; turns: Turn[] } {
  const { watch, turn } = pass(condition, before, at)
  // Events of slow transactions come a little late.
  const hits = [...watch.hits, at].toSorted((a, b) => a - b).slice(-condition.threshold)
  const turns: Turn[] = turn ? [turn] : []
  const [oldest] = hits
  const latest = hits.at(-1)
  const isReached =
    hits.length === condition.threshold &&
    oldest !== undefined &&
    latest !== undefined &&
    latest - oldest <= condition.windowMs
  const isCool = watch.firedAt === undefined || at - watch.firedAt >= condition.cooldownMs
  if (!isReached || watch.firingSince !== undefined || !isCool) return { watch: { ...watch, hits }, turns }
  return { watch: { hits, firingSince: at, firedAt: at }, turns: [...turns, { kind: 'firing', at }] }
}

/** Time goes by. */
export function pass(condition: Condition, watch: Watch, now: number): { watch: Watch; turn: Turn | undefined } {
  const ends = recoversAt(condition, watch)
  if (ends === undefined || watch.firingSince === undefined || now <= ends) return { watch, turn: undefined }
  return {
    watch: { ...watch, firingSince: undefined },
    turn: { kind: 'recovered', since: watch.firingSince, at: ends },
  }
}

/** When fewer than the threshold will lie in the window, unless more happens. */
export function recoversAt({ windowMs }: Condition, { hits, firingSince }: Watch): number | undefined {
  const [oldest] = hits
  return firingSince === undefined || oldest === undefined ? undefined : oldest + windowMs
}
