import { describe, expect, test } from 'vitest'
import { explainXml, messageRules, metadataRules, parseXml, type XmlElement, type XmlProblemCode } from './parse.ts'

function parsed(text: string, rules = messageRules): XmlElement {
  const result = parseXml(text, rules)
  if (!result.ok) throw new Error(explainXml(result.error))
  return result.value
}

function problem(text: string, rules = messageRules): XmlProblemCode | 'parsed' {
  const result = parseXml(text, rules)
  return result.ok ? 'parsed' : result.error.code
}

describe('what is read', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['text', '<a>b</a>', ['b']],
    ['no text', '<a></a>', []],
    ['an empty element', '<a/>', []],
    ['the five names', '<a>&lt;&gt;&amp;&quot;&apos;</a>', ['<>&"\'']],
    ['character numbers', '<a>&#65;&#x42;&#x1F600;&#xD;</a>', ['AB😀\r']],
    ['names are not replaced twice', '<a>&amp;lt;</a>', ['&lt;']],
    ['line ends become one', '<a>1\r\n2\r3\n4</a>', ['1\n2\n3\n4']],
    ['CDATA joins the text around it', '<a>1<![CDATA[<&2]]>3<![CDATA[]]></a>', ['1<&23']],
    ['two brackets are no end', '<a>]]&gt; ]]</a>', [']]> ]]']],
    ['text in every script', '<a>ääあ𝒳</a>', ['ääあ𝒳']],
  ])('%s', (_title, xml, children) => {
    expect(parsed(xml).children).toEqual(children)
  })

  test.each([
    ['white space becomes a space', '<a b="1\t2\n3\r\n4"/>', '1 2 3 4'],
    ['white space by number stays', '<a b="1&#9;2&#10;3&#13;4"/>', '1\t2\n3\r4'],
    ['single quotes hold double ones', `<a b='"'/>`, '"'],
    ['space around the sign', '<a b \n=\t"1" />', '1'],
    ['greater-than', '<a b=">"/>', '>'],
  ])('attribute values: %s', (_title, xml, value) => {
    expect(parsed(xml).attributes).toEqual([{ prefix: '', localName: 'b', namespace: null, value }])
  })

  test('names are resolved: elements take the default namespace, attributes do not', () => {
    const root = parsed('<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" y="2"><b xmlns=""><p:c/></b><d/></p:a>')
    expect(root).toMatchObject({ prefix: 'p', localName: 'a', namespace: 'urn:p', parent: null })
    expect(root.attributes).toEqual([
      { prefix: 'p', localName: 'x', namespace: 'urn:p', value: '1' },
      { prefix: '', localName: 'y', namespace: null, value: '2' },
    ])
    expect(root.declarations).toEqual([
      { prefix: 'p', uri: 'urn:p' },
      { prefix: '', uri: 'urn:d' },
    ])
    const [b, d] = root.children
    expect(b).toMatchObject({ localName: 'b', namespace: null, parent: root, children: [{ namespace: 'urn:p' }] })
    expect(d).toMatchObject({ localName: 'd', namespace: 'urn:d', parent: root })
  })

  test('xml is declared without being declared', () => {
    expect(parsed('<a xml:lang="de"/>').attributes[0]?.namespace).toBe('http://www.w3.org/XML/1998/namespace')
    expect(problem('<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>')).toBe('parsed')
  })

  test('every element knows where it stands', () => {
    const xml = '<?xml version="1.0"?>\n<a> <b x="1">t</b><c/></a>'
    const root = parsed(xml)
    const [, b, c] = root.children
    const cut = (element: XmlElement | string | undefined) =>
      typeof element === 'object' ? xml.slice(element.start, element.end) : undefined
    expect([root, b, c].map(cut)).toEqual(['<a> <b x="1">t</b><c/></a>', '<b x="1">t</b>', '<c/>'])
  })

  test.each([
    ['<?xml version="1.0"?><a/>'],
    ["<?xml version='1.0' encoding='utf-8'?><a/>"],
    ['<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n<a/>\n'],
    ['<a:b-c.d_1 xmlns:a="urn:a"/>'],
    ['<Ünï·ć x‿="1"/>'],
    ['<a𐀀/>'],
    ['<a ></a >'],
    ['<a xmlns="urn:1"><b xmlns="urn:2"/></a>'],
    ['<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:1"/></p:a>'],
    ['<a><p:b xmlns:p="urn:1"/><p:b xmlns:p="urn:2"/></a>'],
    ['<a xmlns="HTTP://x/é"/>'],
  ])('%s is well-formed', (xml) => {
    expect(problem(xml)).toBe('parsed')
  })
})

describe('what is refused', () => {
  test.each<[XmlProblemCode, string, string]>([
    ['doctype', 'a document type', '<!DOCTYPE a><a/>'],
    ['doctype', 'a document type with entities', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['doctype', 'a document type inside', '<a><!DOCTYPE a></a>'],
    ['doctype', 'a document type behind', '<a/><!DOCTYPE a>'],
    ['comment', 'a comment before', '<!-- --><a/>'],
    ['comment', 'a comment inside', '<a>b<!-- -->c</a>'],
    ['comment', 'a comment behind', '<a/><!-- -->'],
    ['processing_instruction', 'an instruction before', '<?b c?><a/>'],
    ['processing_instruction', 'an instruction inside', '<a><?b c?></a>'],
    ['processing_instruction', 'an instruction behind', '<a/><?b c?>'],
    ['processing_instruction', 'a stylesheet', '<?xml-stylesheet href="b"?><a/>'],
    ['processing_instruction', 'a declaration that does not come first', ' <?xml version="1.0"?><a/>'],
    ['processing_instruction', 'a second declaration', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
    ['xml_version', 'XML 1.1', '<?xml version="1.1"?><a/>'],
    ['encoding', 'another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
    ['encoding', 'UTF-16', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['declaration', 'a declaration without a version', '<?xml encoding="UTF-8"?><a/>'],
    ['declaration', 'a declaration with something else', '<?xml version="1.0" b="c"?><a/>'],
    ['declaration', 'a declaration that never ends', '<?xml version="1.0"'],
    ['undeclared_prefix', 'an element with an unknown prefix', '<p:a/>'],
    ['undeclared_prefix', 'an attribute with an unknown prefix', '<a p:b="1"/>'],
    ['undeclared_prefix', 'a prefix declared by a sibling', '<a><b xmlns:p="urn:p"/><p:c/></a>'],
    ['undeclared_prefix', 'a prefix declared by an empty sibling', '<a><p:b xmlns:p="urn:p"/><c p:d="1"/></a>'],
    ['undeclared_prefix', 'a prefix that is taken away', '<a xmlns:p="urn:p"><b xmlns:p=""/></a>'],
    ['rebound_prefix', 'a prefix with a second meaning', '<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"/></p:a>'],
    ['reserved_prefix', 'another meaning of xml', '<a xmlns:xml="urn:x"/>'],
    [
      'reserved_prefix',
      'another prefix for the namespace of xml',
      '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>',
    ],
    ['reserved_prefix', 'the namespace of xml as the default', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    ['reserved_prefix', 'a declaration of xmlns', '<a xmlns:xmlns="urn:x"/>'],
    ['reserved_prefix', 'a prefix for the namespace of declarations', '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>'],
    ['relative_namespace', 'a relative namespace', '<a xmlns:p="b"/>'],
    ['relative_namespace', 'a relative default namespace', '<a xmlns="/b"/>'],
    ['duplicate_attribute', 'an attribute twice', '<a b="1" b="2"/>'],
    ['duplicate_attribute', 'an attribute twice by prefix', '<a xmlns:p="urn:p" p:b="1" p:b="2"/>'],
    ['duplicate_attribute', 'an attribute twice by namespace', '<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>'],
    ['duplicate_attribute', 'a declaration twice', '<a xmlns:p="urn:1" xmlns:p="urn:1"/>'],
    ['duplicate_attribute', 'the default declared twice', '<a xmlns="urn:1" xmlns="urn:1"/>'],
    ['illegal_character', 'a null', '<a>\0</a>'],
    ['illegal_character', 'a control character', '<a b="\u000b"/>'],
    ['illegal_character', 'U+FFFE', '<a>\ufffe</a>'],
    ['illegal_character', 'half a surrogate pair', '<a>\ud800</a>'],
    ['illegal_reference', 'a null by number', '<a>&#0;</a>'],
    ['illegal_reference', 'a control character by number', '<a b="&#x1;"/>'],
    ['illegal_reference', 'half a pair by number', '<a>&#xD800;</a>'],
    ['illegal_reference', 'U+FFFF by number', '<a>&#xFFFF;</a>'],
    ['illegal_reference', 'more than Unicode has', '<a>&#x110000;</a>'],
    ['illegal_reference', 'an unknown name', '<a>&nbsp;</a>'],
    ['illegal_reference', 'a lone ampersand', '<a>b & c</a>'],
    ['illegal_reference', 'a reference without an end', '<a>&#65</a>'],
    ['illegal_reference', 'a name in capitals', '<a>&LT;</a>'],
    ['text_outside_root', 'text before', 'b<a/>'],
    ['text_outside_root', 'a byte order mark that is still there', '\ufeff<a/>'],
    ['text_outside_root', 'text behind', '<a/>b'],
    ['text_outside_root', 'no markup at all', 'b'],
    ['second_root', 'a second root', '<a/><b/>'],
    ['second_root', 'an end without a beginning', '<a/></a>'],
    ['second_root', 'less-than behind', '<a/><'],
    ['syntax', 'CDATA before', '<![CDATA[b]]><a/>'],
    ['syntax', 'CDATA behind', '<a/><![CDATA[b]]>'],
    ['syntax', 'nothing', ''],
    ['syntax', 'white space', ' \n'],
    ['syntax', 'an element that never ends', '<a>'],
    ['syntax', 'an element inside that never ends', '<a><b></a>'],
    ['syntax', 'another end', '<a></b>'],
    ['syntax', 'a longer end', '<a></ab>'],
    ['syntax', 'an end under another prefix', '<p:a xmlns:p="urn:x" xmlns:q="urn:x"></q:a>'],
    ['syntax', 'an end with an attribute', '<a></a b="1">'],
    ['syntax', 'a tag that never ends', '<a'],
    ['syntax', 'an attribute without a value', '<a b/>'],
    ['syntax', 'an attribute without quotes', '<a b=c/>'],
    ['syntax', 'an attribute with a quote at its end alone', "<a b=c'/>"],
    ['syntax', 'an attribute that never ends', '<a b="c/>'],
    ['syntax', 'less-than in an attribute', '<a b="<"/>'],
    ['syntax', 'attributes without a space between', '<a b="1"c="2"/>'],
    ['syntax', 'a slash alone', '<a/ >'],
    ['syntax', 'the end of CDATA in text', '<a>]]></a>'],
    ['syntax', 'CDATA that never ends', '<a><![CDATA[b]]</a>'],
    ['syntax', 'CDATA in small letters', '<a><![cdata[b]]></a>'],
    ['syntax', 'a name that begins with a digit', '<1a/>'],
    ['syntax', 'a name that begins with a dash', '<-a/>'],
    ['syntax', 'a name of three parts', '<a:b:c xmlns:a="urn:a"/>'],
    ['syntax', 'a name without a first part', '<:a/>'],
    ['syntax', 'a name without a second part', '<a: xmlns:a="urn:a"/>'],
    ['syntax', 'space before a name', '< a/>'],
    ['syntax', 'a letter that may not be in a name', '<a×/>'],
  ])('%s: %s', (code, _title, xml) => {
    expect(problem(xml)).toBe(code)
  })

  test('prefixes are checked before the element is closed', () => {
    expect(problem('<p:a xmlns:p="urn:1" xmlns:q="urn:1" p:b="" q:b=""></p:a>')).toBe('duplicate_attribute')
  })
})

describe('limits', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  const attributes = (count: number) => `<a${Array.from({ length: count }, (_, at) => ` b${at}=""`).join('')}/>`
  const declarations = (count: number) =>
    `<a${Array.from({ length: count }, (_, at) => ` xmlns:b${at}="urn:b"`).join('')} c=""/>`
  test.each<[string, string, string, XmlProblemCode]>([
    ['48 elements inside each other', nested(48), nested(49), 'depth_limit'],
    ['20 000 elements', `<a>${'<b/>'.repeat(19_999)}</a>`, `<a>${'<b/>'.repeat(20_000)}</a>`, 'element_limit'],
    ['100 attributes', attributes(100), attributes(101), 'attribute_limit'],
    ['100 attributes, declarations counted', declarations(99), declarations(100), 'attribute_limit'],
    ['512 KiB', `<a>${'x'.repeat(524_281)}</a>`, `<a>${'x'.repeat(524_282)}</a>`, 'size_limit'],
  ])('%s are read, and one more is not', (_title, most, more, code) => {
    expect(problem(most)).toBe('parsed')
    expect(problem(more)).toBe(code)
  })

  test('an empty element counts as deep as a full one', () => {
    expect(problem('<a>'.repeat(48) + '<b/>' + '</a>'.repeat(48))).toBe('depth_limit')
  })
})

describe('metadata', () => {
  test('may have comments, and their text joins', () => {
    expect(parsed('<!-- a --><a>1<!-- - -->2<b/><!----></a><!-- c -->', metadataRules).children).toEqual([
      '12',
      expect.objectContaining({ localName: 'b' }),
    ])
  })

  test('may give a prefix a second meaning', () => {
    const root = parsed('<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"/><p:c/></p:a>', metadataRules)
    expect(root.children.map((child) => (typeof child === 'string' ? child : child.namespace))).toEqual([
      'urn:2',
      'urn:1',
    ])
  })

  test.each<[XmlProblemCode, string]>([
    ['syntax', '<a><!-- -- --></a>'],
    ['syntax', '<a><!-- --'],
    ['syntax', '<a><!-- ---></a>'],
    ['doctype', '<!DOCTYPE a><a/>'],
    ['processing_instruction', '<?b?><a/>'],
    ['undeclared_prefix', '<p:a/>'],
  ])('%s: %s is refused still', (code, xml) => {
    expect(problem(xml, metadataRules)).toBe(code)
  })
})

test.each([
  ['', 'The document has no root element'],
  ['<a><b>', 'The element b is never closed'],
  ['<a b', 'Something other than "="'],
  ['<a ', 'The document ends inside a tag'],
  ['<a b="c/>', 'An attribute value that never ends'],
  ['<a>&b;</a>', '"&" begins no reference to a character'],
  ['<a></b>', 'An end tag other than </a>'],
])('%j is explained: %s', (xml, detail) => {
  expect(parseXml(xml)).toMatchObject({ ok: false, error: { detail } })
})

test('a problem says where it is', () => {
  const result = parseXml('<a>\r\n  <b>\n    <!-- x --></b></a>')
  expect(result).toEqual({ ok: false, error: { code: 'comment', detail: 'A comment', line: 3, column: 5 } })
  expect(result.ok || explainXml(result.error)).toBe('A comment (line 3, column 5)')
})
