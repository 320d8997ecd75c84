import type { AttributePath } from './schema.ts'

/** Where a filter or path stops making sense, and why. Positions count UTF-16 code units from 0. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
  readonly position: number

  constructor(position: number, message: string) {
    super(message)
    this.position = position
  }
}

const blank = /[ \t\r\n]/
const delimiters = new Set(['(', ')', '[', ']', '"', ' ', '\t', '\r', '\n'])
const attributeName = /^(?:[A-Za-z][A-Za-z0-9_-]*|\$ref)$/
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * Reads the tokens filters and PATCH paths share, RFC 7644 §3.4.2.2 and figure 7. Throws SyntaxFault: a recursive
 * parser that returns its errors is mostly their passing on. The exported parsers catch it and return a value.
 */
export class Scanner {
  readonly text: string
  position = 0

  constructor(text: string) {
    this.text = text
  }

  fault(message: string, position = this.position): SyntaxFault {
    return new SyntaxFault(position, message)
  }

  skipBlanks(): void {
    while (blank.test(this.text.charAt(this.position))) this.position++
  }

  /** Whether the text is at its end; blanks at the end do not count. */
  atEnd(): boolean {
    this.skipBlanks()
    return this.position >= this.text.length
  }

  peek(): string {
    return this.text.charAt(this.position)
  }

  take(character: string): boolean {
    if (this.peek() !== character) return false
    this.position++
    return true
  }

  /** The characters up to a blank, bracket or quotation mark. */
  word(): string {
    const start = this.position
    while (this.position < this.text.length && !delimiters.has(this.peek())) this.position++
    return this.text.slice(start, this.position)
  }

  /** The next word without taking it. */
  peekWord(): string {
    const start = this.position
    const word = this.word()
    this.position = start
    return word
  }

  /** attrPath = [URI ":"] ATTRNAME *1subAttr */
  attributePath(): AttributePath {
    const start = this.position
    const word = this.word()
    if (word === '') throw this.fault(`An attribute name is expected ${this.found()}.`, start)
    const colon = word.lastIndexOf(':')
    const [name = '', sub, ...more] = word.slice(colon + 1).split('.')
    if (colon === 0 || more.length > 0 || !isAttributeName(name) || (sub !== undefined && !isAttributeName(sub))) {
      throw this.fault(`"${word}" is not an attribute name.`, start)
    }
    return { ...(colon > 0 && { urn: word.slice(0, colon) }), name, ...(sub !== undefined && { sub }) }
  }

  /** compValue: a JSON text, number, true, false or null. The literals may come in any case, as Entra's do. */
  literal(): string | number | boolean | null {
    if (this.peek() === '"') return this.string()
    const start = this.position
    const word = this.word()
    switch (word.toLowerCase()) {
      case 'true':
        return true
      case 'false':
        return false
      case 'null':
        return null
      case '':
        throw this.fault(`A value is expected ${this.found()}.`, start)
    }
    const value = number.test(word) ? Number(word) : Number.NaN
    if (!Number.isFinite(value)) throw this.fault(`"${word}" is not a value. Texts stand in quotation marks.`, start)
    // JSON has a negative zero and nobody means it.
    return value === 0 ? 0 : value
  }

  string(): string {
    const start = this.position
    let end = start + 1
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1
    if (end >= this.text.length) throw this.fault('The text that begins here has no closing quotation mark.', start)
    this.position = end + 1
    const value = parseJsonString(this.text.slice(start, end + 1))
    if (value === undefined) throw this.fault('The text that begins here is not a JSON string.', start)
    if (value.includes('\u0000') || !value.isWellFormed()) {
      throw this.fault('The text that begins here holds a character that no value can have.', start)
    }
    return value
  }

  found(): string {
    return this.position >= this.text.length ? 'but the text ends' : `but "${this.peek()}" follows`
  }
}

/** ATTRNAME = ALPHA *(nameChar), and "$ref", which the RFC uses and its grammar forgot. */
export function isAttributeName(name: string): boolean {
  return attributeName.test(name)
}

function parseJsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
