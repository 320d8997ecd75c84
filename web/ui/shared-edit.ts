/** What somebody has typed, beside what it was made of. */
export interface Edit<D> {
  readonly base: D
  readonly mine: D
}

/**
 * What becomes of an edit when the thing is found to be `theirs` by now. Whoever has changed nothing goes on from there;
 * nothing comes back where saving would overwrite what somebody else changed.
 */
export function meet<D>(edit: Edit<D>, theirs: D): Edit<D> | undefined {
  if (isSame(edit.base, theirs)) return edit
  if (isSame(edit.mine, edit.base) || isSame(edit.mine, theirs)) return { base: theirs, mine: theirs }
  return undefined
}

/** Drafts are plain values that one function made, so their keys are in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
