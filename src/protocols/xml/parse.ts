import { ok, refused, type Result } from '../result.ts'
import { isCharacter, isNameCharacter, isNameStart } from './characters.ts'

export interface XmlAttribute {
  readonly prefix: string
  readonly localName: string
  /** Null without a prefix: the default namespace does not reach attributes (Namespaces in XML 1.0 §6.2). */
  readonly namespace: string | null
  readonly value: string
}

export interface NamespaceDeclaration {
  /** Empty for the default namespace. */
  readonly prefix: string
  /** Empty where `xmlns=""` takes the default namespace away. */
  readonly uri: string
}

export interface XmlElement {
  readonly prefix: string
  readonly localName: string
  readonly namespace: string | null
  readonly attributes: readonly XmlAttribute[]
  readonly declarations: readonly NamespaceDeclaration[]
  /** Two texts never stand side by side: text and CDATA are joined, so nobody can read half a value. */
  readonly children: readonly (XmlElement | string)[]
  readonly parent: XmlElement | null
  /** Where the element stands in the parsed text, from `<` to after `>`. */
  readonly start: number
  readonly end: number
}

export type XmlProblemCode =
  | 'attribute_limit'
  | 'comment'
  | 'declaration'
  | 'depth_limit'
  | 'doctype'
  | 'duplicate_attribute'
  | 'element_limit'
  | 'encoding'
  | 'illegal_character'
  | 'illegal_reference'
  | 'processing_instruction'
  | 'rebound_prefix'
  | 'relative_namespace'
  | 'reserved_prefix'
  | 'second_root'
  | 'size_limit'
  | 'syntax'
  | 'text_outside_root'
  | 'undeclared_prefix'
  | 'xml_version'

export interface XmlProblem {
  readonly code: XmlProblemCode
  /** What was found or expected, for a sentence; never longer than a line. */
  readonly detail: string
  readonly line: number
  readonly column: number
}

export interface XmlRules {
  /** In UTF-16 units, which is never more than the bytes. */
  readonly maxLength: number
  readonly maxDepth: number
  readonly maxElements: number
  /** Per element, namespace declarations included. */
  readonly maxAttributes: number
  /** Comments are dropped, and a prefix may mean something else further in. */
  readonly lenient: boolean
}

/** For messages. A comment inside a NameID has cut identities in half elsewhere, so there are none. */
export const messageRules: XmlRules = {
  maxLength: 512 * 1024,
  maxDepth: 48,
  maxElements: 20_000,
  maxAttributes: 100,
  lenient: false,
}

/** For metadata, which an admin brings and nobody signs in with: ADFS's carries comments and many roles. */
export const metadataRules: XmlRules = { ...messageRules, maxLength: 1024 * 1024, lenient: true }

/**
 * The one parser: a strict subset of XML 1.0 with namespaces, in one pass. What it refuses no SAML message needs, and
 * each has been an attack on somebody. Line ends are normalised first (XML 1.0 §2.11), so positions refer to that text.
 */
export function parseXml(text: string, rules: XmlRules = messageRules): Result<XmlElement, XmlProblem> {
  const scanner = new Scanner(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, rules)
  try {
    return ok(scanner.document())
  } catch (error) {
    if (error instanceof Malformed) return refused(problemAt(scanner.text, error))
    throw error
  }
}

/** One sentence for an admin: what was found, and where. */
export function explainXml(problem: XmlProblem): string {
  const { line, column, detail } = problem
  return `${detail} (line ${line}, column ${column})`
}

class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly code: XmlProblemCode
  readonly offset: number

  constructor(code: XmlProblemCode, detail: string, offset: number) {
    super(excerpt(detail))
    this.code = code
    this.offset = offset
  }
}

interface MutableElement extends XmlElement {
  readonly children: (XmlElement | string)[]
  end: number
}

/** An element whose end tag has not come yet. */
interface Open {
  readonly element: MutableElement
  readonly name: string
  /** What each prefix declared here meant outside. */
  readonly outside: readonly (readonly [prefix: string, uri: string | undefined])[]
}

interface RawAttribute {
  readonly prefix: string
  readonly localName: string
  readonly value: string
  readonly at: number
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

const illegalCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const xmlDeclaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(["'])([^"'<&]*)\1(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(["'])([^"'<&]*)\3)?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(["'])(?:yes|no)\5)?[ \t\n]*\?>/
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:./
const onlySpace = /^[ \t\n]*$/
const reference = /&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));|&/g
const namedCharacters: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const greaterThan = 0x3e
const slash = 0x2f
const exclamation = 0x21
const question = 0x3f
const equals = 0x3d
const colon = 0x3a
const doubleQuote = 0x22
const singleQuote = 0x27

class Scanner {
  readonly text: string
  readonly #rules: XmlRules
  #at = 0
  #elements = 0
  readonly #open: Open[] = []
  /** What every prefix means here. Undone at each end tag, so that a look-up never climbs. */
  readonly #scope = new Map<string, string>([['xml', xmlNamespace]])

  constructor(text: string, rules: XmlRules) {
    this.text = text
    this.#rules = rules
  }

  document(): XmlElement {
    if (this.text.length > this.#rules.maxLength)
      throw new Malformed('size_limit', `The document is longer than ${this.#rules.maxLength} characters`, 0)
    const illegal = this.text.search(illegalCharacter)
    if (illegal >= 0) throw new Malformed('illegal_character', 'A character that XML does not allow', illegal)
    if (!this.text.isWellFormed()) throw new Malformed('illegal_character', 'Half of a surrogate pair', 0)

    this.#declaration()
    const root = this.#root()
    this.#trailer()
    return root
  }

  #declaration(): void {
    if (!this.text.startsWith('<?xml') || isNameCharacter(this.text.charCodeAt(5))) return
    const found = xmlDeclaration.exec(this.text)
    if (!found) throw new Malformed('declaration', 'The XML declaration is not well-formed', 0)
    const [whole, , version = '', , encoding] = found
    if (version !== '1.0') throw new Malformed('xml_version', `XML version "${version}" instead of "1.0"`, 0)
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
      throw new Malformed('encoding', `Encoding "${encoding}" instead of "UTF-8"`, 0)
    this.#at = whole.length
  }

  #root(): XmlElement {
    let root: XmlElement | undefined
    while (root === undefined) {
      const next = this.#markup()
      if (!onlySpace.test(this.text.slice(this.#at, next)))
        throw new Malformed('text_outside_root', 'Text before the root element', this.#at)
      if (next === this.text.length) throw new Malformed('syntax', 'The document has no root element', next)
      this.#at = next
      if (this.text.charCodeAt(next + 1) === exclamation) this.#comment()
      else root = this.#startTag(null)
    }
    while (this.#open.length > 0) this.#content()
    return root
  }

  /** Text up to the next markup, then that markup, inside the innermost open element. */
  #content(): void {
    const open = this.#open[this.#open.length - 1] as Open // the loop runs while something is open
    const next = this.#markup()
    if (next === this.text.length) throw new Malformed('syntax', `The element ${open.name} is never closed`, next)
    if (next > this.#at) {
      const text = this.text.slice(this.#at, next)
      if (text.includes(']]>')) throw new Malformed('syntax', '"]]>" in text', this.#at)
      append(open.element, this.#expand(text, this.#at))
    }
    this.#at = next
    const code = this.text.charCodeAt(next + 1)
    if (code === slash) this.#endTag(open)
    else if (code !== exclamation) this.#startTag(open.element)
    else if (this.text.startsWith('<![CDATA[', next)) this.#cdata(open.element)
    else this.#comment()
  }

  #trailer(): void {
    while (this.#at < this.text.length) {
      const next = this.#markup()
      if (!onlySpace.test(this.text.slice(this.#at, next)))
        throw new Malformed('text_outside_root', 'Text after the root element', this.#at)
      this.#at = next
      if (next === this.text.length) return
      if (this.text.charCodeAt(next + 1) !== exclamation && this.text.charCodeAt(next + 1) !== question)
        throw new Malformed('second_root', 'Something after the end of the root element', next)
      this.#comment()
    }
  }

  #markup(): number {
    const next = this.text.indexOf('<', this.#at)
    return next < 0 ? this.text.length : next
  }

  #startTag(parent: MutableElement | null): XmlElement {
    const start = this.#at
    if (this.text.charCodeAt(start + 1) === question)
      throw new Malformed('processing_instruction', 'A processing instruction', start)
    this.#elements += 1
    if (this.#elements > this.#rules.maxElements)
      throw new Malformed('element_limit', `More than ${this.#rules.maxElements} elements`, start)
    if (this.#open.length >= this.#rules.maxDepth)
      throw new Malformed('depth_limit', `More than ${this.#rules.maxDepth} elements inside each other`, start)

    this.#at = start + 1
    const [prefix, localName] = this.#qualifiedName()
    const name = this.text.slice(start + 1, this.#at)
    const raw: RawAttribute[] = []
    const declarations: NamespaceDeclaration[] = []
    const empty = this.#attributes(raw, declarations)

    const outside = declarations.length === 0 ? none : this.#enter(declarations)
    const element: MutableElement = {
      prefix,
      localName,
      namespace: this.#namespaceOf(prefix, start),
      attributes: raw.length === 0 ? none : this.#resolve(raw),
      declarations,
      children: [],
      parent,
      start,
      end: this.#at,
    }
    parent?.children.push(element)
    const open = { element, name, outside }
    if (empty) this.#leave(open)
    else this.#open.push(open)
    return element
  }

  #enter(declarations: readonly NamespaceDeclaration[]): Open['outside'] {
    const outside = declarations.map(({ prefix }) => [prefix, this.#scope.get(prefix)] as const)
    for (const { prefix, uri } of declarations) this.#scope.set(prefix, uri)
    return outside
  }

  /** Reads up to and including `>`; true for `/>`. */
  #attributes(raw: RawAttribute[], declarations: NamespaceDeclaration[]): boolean {
    for (;;) {
      const before = this.#at
      this.#space()
      const code = this.text.charCodeAt(this.#at)
      if (code === greaterThan) {
        this.#at += 1
        return false
      }
      if (code === slash) {
        this.#at += 1
        this.#expect(greaterThan, '>')
        return true
      }
      if (this.#at >= this.text.length) throw new Malformed('syntax', 'The document ends inside a tag', before)
      if (this.#at === before) throw new Malformed('syntax', 'No space before an attribute', before)
      if (raw.length + declarations.length >= this.#rules.maxAttributes)
        throw new Malformed(
          'attribute_limit',
          `More than ${this.#rules.maxAttributes} attributes on one element`,
          before,
        )
      this.#attribute(raw, declarations)
    }
  }

  #attribute(raw: RawAttribute[], declarations: NamespaceDeclaration[]): void {
    const at = this.#at
    const [prefix, localName] = this.#qualifiedName()
    this.#space()
    this.#expect(equals, '=')
    this.#space()
    const value = this.#attributeValue()
    if (prefix === 'xmlns') this.#declare(declarations, localName, value, at)
    else if (prefix === '' && localName === 'xmlns') this.#declare(declarations, '', value, at)
    else {
      if (holds(raw, 'prefix', prefix, localName))
        throw new Malformed('duplicate_attribute', `The attribute ${localName} stands twice on one element`, at)
      raw.push({ prefix, localName, value, at })
    }
  }

  #attributeValue(): string {
    const quote = this.text.charCodeAt(this.#at)
    if (quote !== doubleQuote && quote !== singleQuote)
      throw new Malformed('syntax', 'An attribute value without quotes', this.#at)
    const from = this.#at + 1
    const end = this.text.indexOf(quote === doubleQuote ? '"' : "'", from)
    if (end < 0) throw new Malformed('syntax', 'An attribute value that never ends', from)
    const value = this.text.slice(from, end)
    if (value.includes('<')) throw new Malformed('syntax', '"<" in an attribute value', from)
    this.#at = end + 1
    // XML 1.0 §3.3.3: white space becomes a space, unless it was written as a reference.
    return this.#expand(value.includes('\n') || value.includes('\t') ? value.replace(/[\t\n]/g, ' ') : value, from)
  }

  #declare(declarations: NamespaceDeclaration[], prefix: string, uri: string, at: number): void {
    if (declarations.some((other) => other.prefix === prefix))
      throw new Malformed('duplicate_attribute', `The prefix ${prefix} is declared twice on one element`, at)
    if (prefix === 'xmlns' || uri === xmlnsNamespace || (prefix === 'xml') !== (uri === xmlNamespace))
      throw new Malformed('reserved_prefix', 'The prefixes xml and xmlns, and their namespaces, are fixed', at)
    if (uri === '' && prefix !== '')
      throw new Malformed('undeclared_prefix', `The prefix ${prefix} is taken away, which only XML 1.1 allows`, at)
    // Canonicalisers disagree about a relative namespace; one that gives up signs nothing at all.
    if (uri !== '' && !absoluteUri.test(uri))
      throw new Malformed('relative_namespace', `The namespace "${uri}" is not an absolute URI`, at)
    const known = this.#scope.get(prefix)
    if (!this.#rules.lenient && prefix !== '' && known !== undefined && known !== uri)
      throw new Malformed('rebound_prefix', `The prefix ${prefix} is given a second meaning`, at)
    declarations.push({ prefix, uri })
  }

  #namespaceOf(prefix: string, at: number): string | null {
    const uri = this.#scope.get(prefix)
    if (uri === undefined && prefix !== '')
      throw new Malformed('undeclared_prefix', `The prefix ${prefix} is not declared`, at)
    return uri === undefined || uri === '' ? null : uri
  }

  #resolve(raw: readonly RawAttribute[]): XmlAttribute[] {
    const attributes: XmlAttribute[] = []
    for (const { prefix, localName, value, at } of raw) {
      const namespace = prefix === '' ? null : this.#namespaceOf(prefix, at)
      if (namespace !== null && holds(attributes, 'namespace', namespace, localName))
        throw new Malformed('duplicate_attribute', `The attribute ${localName} stands twice under two prefixes`, at)
      attributes.push({ prefix, localName, namespace, value })
    }
    return attributes
  }

  #endTag(open: Open): void {
    const at = this.#at
    this.#at += 2
    if (!this.text.startsWith(open.name, this.#at)) throw this.#wrongEnd(open, at)
    this.#at += open.name.length
    this.#space()
    if (this.text.charCodeAt(this.#at) !== greaterThan) throw this.#wrongEnd(open, at)
    this.#at += 1
    this.#open.pop()
    this.#leave(open)
  }

  #wrongEnd(open: Open, at: number): Malformed {
    return new Malformed('syntax', `An end tag other than </${open.name}>`, at)
  }

  #leave(open: Open): void {
    open.element.end = this.#at
    for (const [prefix, uri] of open.outside) {
      if (uri === undefined) this.#scope.delete(prefix)
      else this.#scope.set(prefix, uri)
    }
  }

  #cdata(element: MutableElement): void {
    const from = this.#at + '<![CDATA['.length
    const end = this.text.indexOf(']]>', from)
    if (end < 0) throw new Malformed('syntax', 'A CDATA section that never ends', this.#at)
    append(element, this.text.slice(from, end))
    this.#at = end + ']]>'.length
  }

  /** `<!` that is not CDATA, or `<?` after the root. */
  #comment(): void {
    const start = this.#at
    if (this.text.startsWith('<!DOCTYPE', start)) throw new Malformed('doctype', 'A document type declaration', start)
    if (this.text.charCodeAt(start + 1) === question)
      throw new Malformed('processing_instruction', 'A processing instruction', start)
    if (!this.text.startsWith('<!--', start)) throw new Malformed('syntax', '"<!" that begins nothing known', start)
    if (!this.#rules.lenient) throw new Malformed('comment', 'A comment', start)
    const end = this.text.indexOf('--', start + 4)
    if (end < 0 || this.text.charCodeAt(end + 2) !== greaterThan)
      throw new Malformed('syntax', 'A comment that does not end with "-->"', start)
    this.#at = end + 3
  }

  #qualifiedName(): [prefix: string, localName: string] {
    const first = this.#ncName()
    if (this.text.charCodeAt(this.#at) !== colon) return ['', first]
    this.#at += 1
    return [first, this.#ncName()]
  }

  #ncName(): string {
    const from = this.#at
    let code = this.text.codePointAt(from) ?? 0
    if (!isNameStart(code)) throw new Malformed('syntax', 'Something other than a name', from)
    while (isNameCharacter(code)) {
      this.#at += code > 0xffff ? 2 : 1
      code = this.text.codePointAt(this.#at) ?? 0
    }
    return this.text.slice(from, this.#at)
  }

  #space(): void {
    let code = this.text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x0a || code === 0x09) code = this.text.charCodeAt(++this.#at)
  }

  #expect(code: number, character: string): void {
    if (this.text.charCodeAt(this.#at) !== code)
      throw new Malformed('syntax', `Something other than "${character}"`, this.#at)
    this.#at += 1
  }

  /** Replaces the five names and the character numbers. There is no DTD, so there is nothing else to replace. */
  #expand(text: string, at: number): string {
    if (!text.includes('&')) return text
    return text.replace(reference, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
      if (name !== undefined) return namedCharacters[name] ?? ''
      const code = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hexadecimal ?? '', 16)
      if (!isCharacter(code))
        throw new Malformed('illegal_reference', `"${whole}" begins no reference to a character`, at)
      return String.fromCodePoint(code)
    })
  }
}

const none: readonly never[] = []

/** A loop, because it runs for every pair of attributes, and a hundred make five thousand. */
function holds<Key extends 'prefix' | 'namespace'>(
  attributes: readonly (Pick<XmlAttribute, 'localName'> & Pick<XmlAttribute, Key>)[],
  key: Key,
  value: XmlAttribute[Key],
  localName: string,
): boolean {
  for (const other of attributes) if (other.localName === localName && other[key] === value) return true
  return false
}

function append(element: MutableElement, text: string): void {
  if (text === '') return
  const { children } = element
  const last = children[children.length - 1]
  if (typeof last === 'string') children[children.length - 1] = last + text
  else children.push(text)
}

function excerpt(text: string): string {
  return text.length > 150 ? `${text.slice(0, 150)}…` : text
}

function problemAt(text: string, { code, message, offset }: Malformed): XmlProblem {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { code, detail: message, line, column: offset - before.lastIndexOf('\n') }
}
