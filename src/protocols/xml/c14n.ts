import { escapeAttribute, escapeText } from './escape.ts'
import type { XmlAttribute, XmlElement } from './parse.ts'

export interface CanonicalizationOptions {
  /** The PrefixList of InclusiveNamespaces: rendered wherever they are in scope; `#default` is the default namespace. */
  readonly inclusivePrefixes?: readonly string[]
  /** Left out with all its content: the enveloped-signature transform (XML Signature §6.6.4). */
  readonly omit?: XmlElement | undefined
}

/**
 * Exclusive XML Canonicalization 1.0 of one element. Its "with comments" variant gives the same, as no parsed message
 * holds a comment.
 */
export function canonicalize(element: XmlElement, options: CanonicalizationOptions = {}): string {
  const inclusive = (options.inclusivePrefixes ?? []).map((prefix) => (prefix === '#default' ? '' : prefix))
  const writer = new Writer(new Set(inclusive), options.omit)
  return writer.write(element, inclusiveInScope(element, inclusive))
}

type Binding = readonly [prefix: string, uri: string]

class Writer {
  readonly #inclusive: ReadonlySet<string>
  readonly #omit: XmlElement | undefined
  /** What each prefix means to a reader of the output so far. */
  readonly #rendered = new Map<string, string>()

  constructor(inclusive: ReadonlySet<string>, omit: XmlElement | undefined) {
    this.#inclusive = inclusive
    this.#omit = omit
  }

  write(element: XmlElement, inherited: readonly Binding[]): string {
    const { prefix, localName, children } = element
    const name = prefix === '' ? localName : `${prefix}:${localName}`
    const bindings = this.#bindingsToRender(element, inherited)
    const outside = bindings.map(([bound]) => [bound, this.#rendered.get(bound)] as const)
    let output = `<${name}`
    for (const [bound, uri] of bindings) {
      this.#rendered.set(bound, uri)
      output += bound === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${bound}="${escapeAttribute(uri)}"`
    }
    output += `${renderAttributes(element.attributes)}>`
    for (const child of children) {
      if (typeof child === 'string') output += escapeText(child)
      else if (child !== this.#omit) output += this.write(child, noBindings)
    }
    for (const [bound, uri] of outside) {
      if (uri === undefined) this.#rendered.delete(bound)
      else this.#rendered.set(bound, uri)
    }
    return `${output}</${name}>`
  }

  /** Exclusive C14N §3: what the element and its attributes use, and what the PrefixList asks for. */
  #bindingsToRender(element: XmlElement, inherited: readonly Binding[]): readonly Binding[] {
    const found: Binding[] = []
    this.#consider(found, element.prefix, element.namespace ?? '')
    for (const { prefix, namespace } of element.attributes)
      if (prefix !== '') this.#consider(found, prefix, namespace ?? '')
    for (const [prefix, uri] of inherited) this.#consider(found, prefix, uri)
    if (this.#inclusive.size > 0)
      for (const { prefix, uri } of element.declarations)
        if (this.#inclusive.has(prefix)) this.#consider(found, prefix, uri)
    return found.length > 1 ? found.toSorted(([a], [b]) => byCodePoint(a, b)) : found
  }

  #consider(found: Binding[], prefix: string, uri: string): void {
    if (prefix === 'xml') return
    // `xmlns=""` is only written to take back a default namespace that the output has.
    if ((this.#rendered.get(prefix) ?? '') === uri) return
    if (found.some(([other]) => other === prefix)) return
    found.push([prefix, uri])
  }
}

const noBindings: readonly Binding[] = []

/** The apex inherits the listed prefixes from ancestors that are not part of the output. */
function inclusiveInScope(apex: XmlElement, inclusive: readonly string[]): Binding[] {
  const found: Binding[] = []
  for (const prefix of inclusive) {
    for (let element: XmlElement | null = apex; element !== null; element = element.parent) {
      const declaration = element.declarations.find((one) => one.prefix === prefix)
      if (declaration === undefined) continue
      found.push([prefix, declaration.uri])
      break
    }
  }
  return found
}

function renderAttributes(attributes: readonly XmlAttribute[]): string {
  const sorted = attributes.length > 1 ? attributes.toSorted(byNamespaceThenName) : attributes
  let output = ''
  for (const { prefix, localName, value } of sorted)
    output += ` ${prefix === '' ? localName : `${prefix}:${localName}`}="${escapeAttribute(value)}"`
  return output
}

function byNamespaceThenName(a: XmlAttribute, b: XmlAttribute): number {
  return byCodePoint(a.namespace ?? '', b.namespace ?? '') || byCodePoint(a.localName, b.localName)
}

/** JavaScript compares UTF-16 units, which puts U+1F600 before U+FF5E; Canonical XML compares characters. */
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}
