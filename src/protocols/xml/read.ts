import type { XmlElement } from './parse.ts'

/** Names are always compared as (namespace, local name); a prefix means nothing. */
export function isNamed(element: XmlElement, namespace: string, localName: string): boolean {
  return element.localName === localName && element.namespace === namespace
}

export function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string')
}

export function childrenNamed(element: XmlElement, namespace: string, localName: string): XmlElement[] {
  return elementsOf(element).filter((child) => isNamed(child, namespace, localName))
}

export function childNamed(element: XmlElement, namespace: string, localName: string): XmlElement | undefined {
  return childrenNamed(element, namespace, localName)[0]
}

/** An attribute without a namespace. */
export function attributeOf(element: XmlElement, name: string): string | null {
  return element.attributes.find(({ namespace, localName }) => namespace === null && localName === name)?.value ?? null
}

/** The text of an element that holds nothing else; null when there are elements inside. */
export function textOf(element: XmlElement): string | null {
  const [first, second] = element.children
  if (first === undefined) return ''
  return typeof first === 'string' && second === undefined ? first : null
}

/** Base64 text of an element as bytes. White space is allowed (RFC 4648 strictly otherwise); null for anything else. */
export function bytesOf(element: XmlElement): Buffer | null {
  const text = textOf(element)
  return text === null ? null : decodeBase64(text)
}

/** Padded, canonical base64; Buffer alone would skip over whatever it does not know. */
export function decodeBase64(text: string): Buffer | null {
  const compact = text.replace(/[ \t\r\n]+/g, '')
  const bytes = Buffer.from(compact, 'base64')
  return bytes.toString('base64') === compact ? bytes : null
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Null when the bytes are not UTF-8 throughout. A byte order mark at the start is dropped. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** How an element is called in a sentence. */
export function describe(element: XmlElement): string {
  return element.prefix === '' ? element.localName : `${element.prefix}:${element.localName}`
}
