/** A check that can be taken away. */
export interface Removable {
  readonly number: number
  readonly file: string
  readonly line: number
  readonly text: string
}

/** What instrumented code asks at its checks. */
export interface Switches {
  /** For the condition of an `if` that refuses: whether it does. */
  refuses(number: number, condition: unknown): boolean
  /** For an entry of a list of checks: what it says. */
  says(number: number, rejection: unknown): unknown
}

/** Where code finds them: it is loaded once, and imports nothing that production does not. */
export const switchesName = 'gatehouseSwitches'

/** An entry of a list of checks, as the formatter leaves it. */
const entry = /^ {2}\{ name: '\w+', run: (\w+) \},$/gm
/** What stands behind an `if` that refuses. */
const refusal = /^\s*(?:return refused\(|return \{\s+(?:code|where)\b|return (?:false|null|undefined)\b|throw )/

interface Edit {
  readonly at: number
  readonly end: number
  readonly text: string
}

/**
 * Puts a switch into every check of a file: the entries of lists of checks, and every `if` that refuses, by `return
 * refused(…)` and its like or by `throw`.
 * @param first number of its first check.
 */
export function putSwitches(
  source: string,
  file: string,
  first: number,
): { readonly switched: string; readonly removables: readonly Removable[] } {
  const removables: Removable[] = []
  const edits: Edit[] = []
  const note = (at: number, end: number): number => {
    const text = source.slice(at, end).replaceAll(/\s+/g, ' ').trim().slice(0, 110)
    const number = first + removables.length
    removables.push({ number, file, line: source.slice(0, at).split('\n').length, text })
    return number
  }
  for (const match of source.matchAll(entry)) {
    const run = match[1] ?? ''
    const number = note(match.index, match.index + match[0].length)
    const at = match.index + match[0].lastIndexOf(run)
    edits.push({ at, end: at + run.length, text: `(facts) => ${switchesName}.says(${number}, ${run}(facts))` })
  }
  for (const match of source.matchAll(/\bif \(/g)) {
    const open = match.index + match[0].length - 1
    const close = closingParenthesis(source, open)
    if (!refusal.test(source.slice(close + 1))) continue
    const condition = source.slice(open, close + 1)
    const number = note(match.index, close + 60)
    edits.push({ at: open, end: close + 1, text: `(${switchesName}.refuses(${number}, ${condition}))` })
  }
  let switched = source
  for (const { at, end, text } of edits.toSorted((a, b) => b.at - a.at))
    switched = switched.slice(0, at) + text + switched.slice(end)
  return { switched, removables }
}

/** Strings may hold parentheses; the conditions here hold no regular expression that does so unevenly. */
function closingParenthesis(source: string, open: number): number {
  let depth = 0
  for (let at = open; at < source.length; at += 1) {
    const character = source[at]
    if (character === "'" || character === '`') at = source.indexOf(character, at + 1)
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    if (depth === 0) return at
  }
  throw new Error('An if that never ends.')
}
