import { escapeAttribute } from '#protocols/xml/escape.ts'
import { parseXml, type XmlElement } from '#protocols/xml/parse.ts'

/**
 * Cuts and stitches in XML that our own issuer has just written, where a mistake is to be made on purpose.
 * Each throws when there is nothing to cut: a scenario that changes nothing would be a good response in disguise.
 */

/** The first element of that local name, as text. */
export function elementOf(xml: string, localName: string): string {
  const { start, end } = find(xml, localName)
  return xml.slice(start, end)
}

/** Puts another text where the first element of that local name was. */
export function swap(xml: string, localName: string, edit: (element: string) => string): string {
  const { start, end } = find(xml, localName)
  return xml.slice(0, start) + edit(xml.slice(start, end)) + xml.slice(end)
}

export function without(xml: string, localName: string): string {
  return swap(xml, localName, () => '')
}

export function withoutAttribute(xml: string, localName: string, attribute: string): string {
  return swap(xml, localName, (element) => replace(element, new RegExp(String.raw`\s${attribute}="[^"]*"`), ''))
}

export function withAttribute(xml: string, localName: string, attribute: string, value: string): string {
  return swap(xml, localName, (element) =>
    replace(element, new RegExp(String.raw`(?<=\s${attribute}=")[^"]*`), escapeAttribute(value)),
  )
}

export function replace(text: string, what: string | RegExp, by: string): string {
  const changed = text.replace(what, () => by)
  if (changed === text) throw new Error(`There is nothing to replace: ${String(what)}`)
  return changed
}

function find(xml: string, localName: string): XmlElement {
  const root = parseXml(xml)
  const found = root.ok ? firstNamed(root.value, localName) : undefined
  if (!found) throw new Error(`There is no ${localName} to cut.`)
  return found
}

function firstNamed(element: XmlElement, localName: string): XmlElement | undefined {
  if (element.localName === localName) return element
  for (const child of element.children) {
    const found = typeof child === 'string' ? undefined : firstNamed(child, localName)
    if (found) return found
  }
  return undefined
}
