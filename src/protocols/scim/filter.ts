import { type Result, ok, refused } from '../result.ts'
import { badRequest, type ScimError } from './errors.ts'
import { Scanner, SyntaxFault } from './scanner.ts'
import type { AttributePath } from './schema.ts'

export type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type Literal = string | number | boolean | null

/** A filter as written, before any schema is looked at. `and` and `or` never hold a filter of their own kind. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | { readonly kind: 'compare'; readonly path: AttributePath; readonly operator: Operator; readonly value: Literal }
  /** `emails[…]`: one element of the attribute for which all of the filter holds. */
  | { readonly kind: 'elements'; readonly path: AttributePath; readonly filter: Filter }

type ElementsFilter = Extract<Filter, { kind: 'elements' }>

export interface FilterLimits {
  /** UTF-16 code units. */
  readonly length: number
  /** Brackets within brackets. */
  readonly depth: number
  /** Comparisons in the whole filter. */
  readonly terms: number
}

export const filterLimits: FilterLimits = { length: 16_384, depth: 32, terms: 256 }

export interface FilterFault {
  readonly scimType: 'invalidFilter' | 'tooMany'
  /** Counted from 0, in UTF-16 code units. Absent when the filter reads well and asks for what has no meaning. */
  readonly position?: number
  readonly detail: string
}

export function filterError({ scimType, position, detail }: FilterFault): ScimError {
  const place = position === undefined ? '' : `, see character ${position + 1}`
  return badRequest(scimType, `The filter cannot be used${place}: ${detail}`)
}

/** RFC 7644 §3.4.2.2, and the filtered sub-attribute `emails[type eq "work"].value eq "…"` that Entra sends. */
export function parseFilter(text: string, limits: FilterLimits = filterLimits): Result<Filter, FilterFault> {
  if (text.length > limits.length) {
    const detail = `It is ${text.length} characters long, more than ${limits.length}.`
    return refused({ scimType: 'invalidFilter', position: limits.length, detail })
  }
  const scanner = new Scanner(text)
  try {
    const filter = new FilterParser(scanner, limits).filter()
    if (!scanner.atEnd()) throw scanner.fault(`It should end here ${scanner.found()}.`)
    return ok(filter)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    const scimType = error instanceof TooMany ? 'tooMany' : 'invalidFilter'
    return refused({ scimType, position: error.position, detail: error.message })
  }
}

class TooMany extends SyntaxFault {}

const operators = new Set<string>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])

function isOperator(word: string): word is Operator {
  return operators.has(word)
}

/** One filter being read from a scanner. PATCH paths use it for what stands between their brackets. */
export class FilterParser {
  readonly #scanner: Scanner
  readonly #limits: FilterLimits
  #depth = 0
  #terms = 0

  constructor(scanner: Scanner, limits: FilterLimits) {
    this.#scanner = scanner
    this.#limits = limits
  }

  /** @param inElements inside `[…]`, where another `[…]` may not stand. */
  filter(inElements = false): Filter {
    return this.#chain('or', () => this.#chain('and', () => this.#unary(inElements)))
  }

  /** What follows an opening square bracket, with the closing one. */
  elements(path: AttributePath): ElementsFilter {
    const filter = this.#nested(() => this.filter(true), ']')
    return { kind: 'elements', path, filter }
  }

  #chain(kind: 'and' | 'or', operand: () => Filter): Filter {
    const filters = [operand()]
    const scanner = this.#scanner
    for (;;) {
      scanner.skipBlanks()
      if (scanner.peekWord().toLowerCase() !== kind) break
      scanner.word()
      filters.push(operand())
    }
    const [only] = filters
    if (only && filters.length === 1) return only
    return join(kind, filters)
  }

  #unary(inElements: boolean): Filter {
    const scanner = this.#scanner
    scanner.skipBlanks()
    if (scanner.take('(')) return this.#nested(() => this.filter(inElements), ')')
    const start = scanner.position
    if (scanner.word().toLowerCase() === 'not') {
      scanner.skipBlanks()
      if (scanner.take('(')) return { kind: 'not', filter: this.#nested(() => this.filter(inElements), ')') }
    }
    scanner.position = start
    return this.#term(inElements)
  }

  #nested(read: () => Filter, close: ')' | ']'): Filter {
    const scanner = this.#scanner
    if (++this.#depth > this.#limits.depth) {
      throw scanner.fault(`Brackets nest deeper than ${this.#limits.depth} levels.`)
    }
    const filter = read()
    scanner.skipBlanks()
    if (!scanner.take(close)) throw scanner.fault(`A "${close}" is expected ${scanner.found()}.`)
    this.#depth--
    return filter
  }

  #term(inElements: boolean): Filter {
    const scanner = this.#scanner
    if (++this.#terms > this.#limits.terms) {
      throw new TooMany(scanner.position, `It has more than ${this.#limits.terms} comparisons.`)
    }
    const path = scanner.attributePath()
    if (scanner.peek() === '[') {
      if (inElements) throw scanner.fault('A "[" cannot stand inside another.')
      scanner.position++
      return this.#filteredSubAttribute(path, this.elements(path))
    }
    return this.#comparison(path)
  }

  /**
   * `emails[type eq "work"].value eq "x"` is outside the grammar, and what Entra matches users by. It asks one element
   * for both, so it is read as `emails[type eq "work" and value eq "x"]`.
   */
  #filteredSubAttribute(path: AttributePath, elements: ElementsFilter): Filter {
    const scanner = this.#scanner
    if (!scanner.take('.')) return elements
    const start = scanner.position
    const sub = scanner.attributePath()
    if (sub.urn !== undefined || sub.sub !== undefined) throw scanner.fault('A sub-attribute is expected.', start)
    return { kind: 'elements', path, filter: join('and', [elements.filter, this.#comparison(sub)]) }
  }

  #comparison(path: AttributePath): Filter {
    const scanner = this.#scanner
    scanner.skipBlanks()
    const start = scanner.position
    const word = scanner.word().toLowerCase()
    if (word === 'pr') return { kind: 'present', path }
    if (!isOperator(word)) {
      scanner.position = start
      const found = word === '' ? scanner.found() : `but "${word}" follows`
      throw scanner.fault(`An operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr) is expected ${found}.`, start)
    }
    scanner.skipBlanks()
    const value = scanner.literal()
    return { kind: 'compare', path, operator: word, value }
  }
}

/** Chains are kept flat, so that a filter has one tree whatever brackets it was written with. */
function join(kind: 'and' | 'or', filters: readonly Filter[]): Filter {
  return { kind, filters: filters.flatMap((each) => (each.kind === kind ? each.filters : [each])) }
}

/** How many comparisons a filter makes. */
export function countTerms(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.reduce((sum, each) => sum + countTerms(each), 0)
    case 'not':
    case 'elements':
      return countTerms(filter.filter)
    case 'present':
    case 'compare':
      return 1
    default:
      return filter satisfies never
  }
}

/** The filter as text; parsing it again gives the same tree. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'or':
      return filter.filters.map(printFilter).join(' or ')
    case 'and':
      return filter.filters
        .map((each) => (each.kind === 'or' ? `(${printFilter(each)})` : printFilter(each)))
        .join(' and ')
    case 'not':
      return `not (${printFilter(filter.filter)})`
    case 'present':
      return `${printAttributePath(filter.path)} pr`
    case 'compare':
      return `${printAttributePath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`
    case 'elements':
      return `${printAttributePath(filter.path)}[${printFilter(filter.filter)}]`
    default:
      return filter satisfies never
  }
}

export function printAttributePath({ urn, name, sub }: AttributePath): string {
  return `${urn === undefined ? '' : `${urn}:`}${name}${sub === undefined ? '' : `.${sub}`}`
}
