import { expect, test } from 'vitest'
import { parseXml, type XmlElement } from './parse.ts'
import { attributeOf, bytesOf, childNamed, decodeBase64, decodeUtf8, textOf } from './read.ts'

function parsed(text: string): XmlElement {
  const result = parseXml(text)
  if (!result.ok) throw new Error(result.error.detail)
  return result.value
}

test.each([
  ['plain', 'YWJj', 'abc'],
  ['padded', 'YQ==', 'a'],
  ['in lines', ' YW\r\n\tJj\n', 'abc'],
  ['empty', '', ''],
  ['without padding', 'YQ', null],
  ['with bits left over', 'YR==', null],
  ['for URLs', '_-8=', null],
  ['with something after the padding', 'YQ==YQ==', null],
  ['with a comment', 'YW(x)Jj', null],
  ['with a space that is none in XML', 'YW\u00a0Jj', null],
])('base64 %s', (_title, text, wanted) => {
  expect(decodeBase64(text)?.toString() ?? null).toBe(wanted)
})

test('the text of an element with elements inside is nobody’s text', () => {
  expect(textOf(parsed('<a>1<b/>2</a>'))).toBeNull()
  expect(textOf(parsed('<a><b/></a>'))).toBeNull()
  expect(bytesOf(parsed('<a>YW<b/>Jj</a>'))).toBeNull()
  expect(textOf(parsed('<a/>'))).toBe('')
})

test('only the namespace and the local name make a name', () => {
  const root = parsed('<a xmlns:p="urn:p" p:x="1"><b/><p:b xmlns:p="urn:p" y="2"/></a>')
  expect(attributeOf(root, 'x')).toBeNull()
  expect(childNamed(root, 'urn:p', 'b')?.attributes).toHaveLength(1)
  expect(childNamed(root, 'urn:q', 'b')).toBeUndefined()
})

test('bytes that are not UTF-8 are no text', () => {
  expect(decodeUtf8(Buffer.from('\ufeffä'))).toBe('ä')
  expect(decodeUtf8(Buffer.of(0xe4))).toBeNull()
  expect(decodeUtf8(Buffer.of(0xed, 0xa0, 0x80))).toBeNull()
})
