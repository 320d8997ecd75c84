/** SQL with its parameters still apart: `parts` has one text more than `values`, and a value goes between each two. */
export interface Fragment {
  readonly parts: readonly string[]
  readonly values: readonly unknown[]
}

/** SQL that is ours: a constant, a column's name. Never for anything that came from a client. */
export function trusted(text: string): Fragment {
  return { parts: [text], values: [] }
}

function isFragment(value: unknown): value is Fragment {
  return typeof value === 'object' && value !== null && 'parts' in value && 'values' in value
}

/** A template tag: fragments are spliced in, everything else becomes a parameter. */
export function fragment(strings: TemplateStringsArray, ...inserts: readonly unknown[]): Fragment {
  const parts = [strings[0] ?? '']
  const values: unknown[] = []
  const append = (text: string) => parts.push(`${parts.pop() ?? ''}${text}`)
  inserts.forEach((insert, i) => {
    if (isFragment(insert)) {
      const [first = '', ...rest] = insert.parts
      append(first)
      parts.push(...rest)
      values.push(...insert.values)
    } else {
      values.push(insert)
      parts.push('')
    }
    append(strings[i + 1] ?? '')
  })
  return { parts, values }
}

export function joinFragments(fragments: readonly Fragment[], separator: string): Fragment {
  const [first = trusted(''), ...rest] = fragments
  return rest.reduce((joined, each) => fragment`${joined}${trusted(separator)}${each}`, first)
}

/** @param offset how many placeholders the statement has already: the first here is `$` offset + 1. */
export function numberPlaceholders({ parts }: Fragment, offset: number): string {
  return parts.reduce((text, part, i) => `${text}$${offset + i}${part}`)
}

/** A text as an SQL literal, for constants of the schema that an index expression must show verbatim. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
