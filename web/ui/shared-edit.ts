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

/** What is in the form once `saved` came back for what was `sent`: whoever typed on meanwhile keeps it. */
export function typedOn<D>(sent: D, now: D, saved: D): D {
  if (isSame(sent, now)) return saved
  if (!isRecord(sent) || !isRecord(now) || !isRecord(saved)) return now
  const names = Object.keys({ ...saved, ...now })
  return Object.fromEntries(
    names.map((name) => [name, typedOn(sent[name], name in now ? now[name] : sent[name], saved[name])]),
  ) as D // its own parts
}

/** The same for one field that is empty again after its value was added. */
export function clearedOf(sent: string): (now: string) => string {
  return (now) => (now === sent ? '' : now)
}

/** Drafts are plain values that one function made, so their keys are in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
