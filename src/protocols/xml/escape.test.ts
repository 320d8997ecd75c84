import { expect, test } from 'vitest'
import { escapeAttribute, escapeText } from './escape.ts'
import { parseXml } from './parse.ts'

const all = '<>&"\'\t\n\r a😀\u0085\u2028'

test('text and attributes come back from the parser as they were', () => {
  const parsed = parseXml(`<a b="${escapeAttribute(all)}">${escapeText(all)}</a>`)
  if (!parsed.ok) throw new Error(parsed.error.detail)
  expect(parsed.value.children).toEqual([all])
  expect(parsed.value.attributes[0]?.value).toBe(all)
})

test.each([
  ['text', escapeText('<>&"\'\t\n\r'), '&lt;&gt;&amp;"\'\t\n&#xD;'],
  ['attributes', escapeAttribute('<>&"\'\t\n\r'), "&lt;>&amp;&quot;'&#x9;&#xA;&#xD;"],
])('C14N §2.3: %s are escaped as in canonical XML', (_title, escaped, wanted) => {
  expect(escaped).toBe(wanted)
})

test.each([
  ['a null', '\0'],
  ['a control character', '\u000b'],
  ['the first half of a pair', '\ud83d'],
  ['the second half of a pair', '\ude00'],
  ['U+FFFF', '\uffff'],
])('%s, which XML cannot carry, becomes a replacement character', (_title, character) => {
  expect([escapeText(`a${character}b`), escapeAttribute(`a${character}b`)]).toEqual(['a\ufffdb', 'a\ufffdb'])
})
