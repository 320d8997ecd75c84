/**
 * The form in which texts with caseExact false are compared and kept in unique or indexed columns.
 *
 * Unicode lower case, so that Ä is ä whatever the database's locale. The final sigma is undone because lower-casing
 * chooses it by what follows, and a prefix would then not be found in the word it begins.
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower
}

/** Order by code point, as PostgreSQL's collation "C" has it; JavaScript's own `<` orders by UTF-16 code unit. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above U+FFFF, so they sort after every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
