import { DOMParser } from '@xmldom/xmldom'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { describe, expect, test } from 'vitest'
import { canonicalize } from './c14n.ts'
import { metadataRules, parseXml, type XmlElement } from './parse.ts'

function parsed(text: string): XmlElement {
  const result = parseXml(text, metadataRules)
  if (!result.ok) throw new Error(result.error.detail)
  return result.value
}

function find(element: XmlElement, localName: string): XmlElement {
  const found = search(element, localName)
  if (found === undefined) throw new Error(`No element ${localName}.`)
  return found
}

function search(element: XmlElement, localName: string): XmlElement | undefined {
  if (element.localName === localName) return element
  for (const child of element.children) {
    const found = typeof child === 'string' ? undefined : search(child, localName)
    if (found !== undefined) return found
  }
  return undefined
}

describe('Canonical XML 1.0 §3, the examples that need no document type', () => {
  test.each([
    [
      '§3.1 what is around the root is dropped',
      '<?xml version="1.0"?>\n\n<doc>Hello, world!</doc>\n',
      '<doc>Hello, world!</doc>',
    ],
    [
      '§3.2 white space inside stays',
      '<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n   </mixed>\n</doc>',
      '<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n   </mixed>\n</doc>',
    ],
    [
      '§3.3 tags: empty elements in two parts, attributes in order, superfluous declarations dropped',
      '<doc><e1   /><e2   ></e2><e3   name = "elem3"   id="elem3"   /><e5 a:attr="out" b:attr="sorted" attr2="all" attr="I\'m" xmlns:b="http://www.ietf.org" xmlns:a="http://www.w3.org" xmlns="http://example.org"/><e6 xmlns="" xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org"><e8 xmlns="" xmlns:a="http://www.w3.org"/></e7></e6></doc>',
      '<doc><e1></e1><e2></e2><e3 id="elem3" name="elem3"></e3><e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I\'m" attr2="all" b:attr="sorted" a:attr="out"></e5><e6><e7 xmlns="http://www.ietf.org"><e8 xmlns=""></e8></e7></e6></doc>',
    ],
    [
      '§3.4 characters',
      '<doc><text>First line&#x0d;&#10;Second line</text><value>&#x32;</value><compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute><compute expr=\'value>"0" &amp;&amp; value&lt;"10" ?"valid":"error"\'>valid</compute><norm attr=\' &apos;   &#x20;&#13;&#xa;&#9;   &apos; \'/></doc>',
      '<doc><text>First line&#xD;\nSecond line</text><value>2</value><compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute><compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;">valid</compute><norm attr=" \'    &#xD;&#xA;&#x9;   \' "></norm></doc>',
    ],
    ['§3.6 every script', '<doc>&#169;</doc>', '<doc>©</doc>'],
  ])('%s', (_title, xml, canonical) => {
    expect(canonicalize(parsed(xml))).toBe(canonical)
  })
})

describe('Exclusive Canonicalization §2', () => {
  const inner =
    '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2>'
  const canonical =
    '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>'

  test.each([
    ['on its own', inner],
    [
      '§2.2 in a context with other namespaces and xml attributes',
      `<n0:pdu xmlns:n0="http://a.example" xmlns:n2="urn:2" xml:space="retain">${inner}</n0:pdu>`,
    ],
    [
      'in a context that declares more than it uses',
      `<a xmlns="urn:d" xmlns:n3="ftp://example.org" xmlns:xs="urn:xs">${inner}</a>`,
    ],
  ])('%s an element is the same', (_title, xml) => {
    expect(canonicalize(find(parsed(xml), 'elem2'))).toBe(canonical)
  })

  test.each<[string, string, string[], string]>([
    ['declares what the apex inherits', '<a xmlns:p="urn:p"><e/></a>', ['p'], '<e xmlns:p="urn:p"></e>'],
    [
      'declares the nearest meaning',
      '<a xmlns:p="urn:1"><b xmlns:p="urn:2"><e/></b></a>',
      ['p'],
      '<e xmlns:p="urn:2"></e>',
    ],
    ['says nothing of what is not in scope', '<a><b xmlns:p="urn:p"/><e/></a>', ['p'], '<e></e>'],
    [
      'renders inside where it is declared',
      '<e><b xmlns:p="urn:p" xmlns:q="urn:q"><c/></b></e>',
      ['p'],
      '<e><b xmlns:p="urn:p"><c></c></b></e>',
    ],
    [
      'does not repeat itself',
      '<a xmlns:p="urn:p"><e xmlns:p="urn:p"><p:b xmlns:p="urn:p"/></e></a>',
      ['p'],
      '<e xmlns:p="urn:p"><p:b></p:b></e>',
    ],
    [
      'reaches the default namespace by its own name',
      '<a xmlns="urn:d" xmlns:p="urn:p"><p:e/></a>',
      ['#default'],
      '<p:e xmlns="urn:d" xmlns:p="urn:p"></p:e>',
    ],
    [
      'takes the default namespace back',
      '<p:e xmlns:p="urn:p" xmlns="urn:d"><p:b xmlns=""/></p:e>',
      ['#default'],
      '<p:e xmlns="urn:d" xmlns:p="urn:p"><p:b xmlns=""></p:b></p:e>',
    ],
    ['leaves xml alone', '<e xml:lang="en"/>', ['xml'], '<e xml:lang="en"></e>'],
  ])('a prefix list %s', (_title, xml, inclusivePrefixes, wanted) => {
    expect(canonicalize(find(parsed(xml), 'e'), { inclusivePrefixes })).toBe(wanted)
  })

  test('a prefix that comes back after a sibling is declared again', () => {
    const xml = '<e><p:b xmlns:p="urn:p"/><p:c xmlns:p="urn:p"/></e>'
    expect(canonicalize(parsed(xml))).toBe('<e><p:b xmlns:p="urn:p"></p:b><p:c xmlns:p="urn:p"></p:c></e>')
  })

  test('what is left out is left out with all its content', () => {
    const root = parsed('<e>1<x><y/></x>2<x/></e>')
    expect(canonicalize(root, { omit: find(root, 'x') })).toBe('<e>12<x></x></e>')
  })

  test('names are in the order of characters, not of UTF-16 units', () => {
    const xml = '<e 𐀀="1" ｅ="2" Ａ="3" 𐀀a="4" z="5" za="6"/>'
    expect(canonicalize(parsed(xml))).toBe('<e z="5" za="6" Ａ="3" ｅ="2" 𐀀="1" 𐀀a="4"></e>')
  })

  test('attributes are in the order of their namespaces, not of their prefixes', () => {
    const xml = '<e xmlns:a="urn:2" xmlns:b="urn:1" a:x="1" b:x="2" c="3"/>'
    expect(canonicalize(parsed(xml))).toBe('<e xmlns:a="urn:2" xmlns:b="urn:1" c="3" b:x="2" a:x="1"></e>')
  })
})

/** A small generator (mulberry32), so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const prefixes = ['p', 'q', 'r']

/**
 * A document whose prefixes come and go, always with the meaning `urn:<prefix>`. The default namespace only changes:
 * xml-crypto writes `xmlns=""` again where it already holds.
 */
function document(next: (below: number) => number, depth: number, scope: ReadonlySet<string>): string {
  const declared = prefixes.filter((prefix) => next(3) === 0 || (depth === 0 && prefix === 'p'))
  const inScope = new Set([...scope, ...declared])
  const usable = ['', ...inScope]
  const pick = () => usable[next(usable.length)] ?? ''
  const qualified = (prefix: string, name: string) => (prefix === '' ? name : `${prefix}:${name}`)
  const name = qualified(pick(), 'e')
  const declarations = declared.map((prefix) => ` xmlns:${prefix}="urn:${prefix}"`)
  const byDefault = next(4) === 0 ? [` xmlns="urn:d${next(2)}"`] : []
  const attributes = ['x', 'y'].flatMap((local) =>
    next(2) === 0 ? [` ${qualified(pick(), local)}="${'<>&"\''[next(5)] === '<' ? '&lt;' : next(9)}&#9;"`] : [],
  )
  const children =
    depth < 4
      ? Array.from({ length: next(4) }, () => (next(3) === 0 ? 't&#13;&gt;' : document(next, depth + 1, inScope)))
      : []
  return `<${name}${[...declarations, ...byDefault, ...attributes].join('')}>${children.join('')}</${name}>`
}

function allElements(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : allElements(child)))]
}

test('xml-crypto canonicalises a thousand documents, and an element inside each, just so', () => {
  const next = random(20_260_131)
  for (let round = 0; round < 1000; round += 1) {
    const xml = document(next, 0, new Set())
    const ours = allElements(parsed(xml))
    const theirs = new DOMParser().parseFromString(xml, 'text/xml').getElementsByTagName('*')
    for (const at of [0, next(ours.length)]) {
      // xml-crypto is typed for the browser's DOM, and fed xmldom's everywhere.
      const element = theirs[at] as unknown as Element
      const wanted = new ExclusiveCanonicalization().process(element, {})
      const apex = ours[at]
      expect(apex && canonicalize(apex), xml).toBe(wanted)
    }
  }
})
