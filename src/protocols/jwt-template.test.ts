import { describe, expect, test } from 'vitest'
import { JwtTemplateInvalid, parseJwtTemplate, renderJwtTemplate } from './jwt-template.ts'

const values = {
  user: { email: 'ann@acme.test', first_name: 'Ann "A"', last_name: null, metadata: { seats: '5' }, verified: true },
  organization: null,
}

const render = (source: string) => renderJwtTemplate(parseJwtTemplate(source), values)

test.each([
  ['a placeholder between quotes is text', '{"a": "{{user.email}}"}', { a: 'ann@acme.test' }],
  ['a bare placeholder is a JSON value', '{"a": {{ user.verified }}}', { a: true }],
  ['a bare placeholder may be an object', '{"a": {{user.metadata}}}', { a: { seats: '5' } }],
  ['text around it stays', '{"a": "<{{user.email}}>"}', { a: '<ann@acme.test>' }],
  ['quotes in a value cannot end the text', '{"a": "{{user.first_name}}"}', { a: 'Ann "A"' }],
  ['what leads nowhere is left out', '{"a": {{organization.id}}, "b": 1}', { b: 1 }],
  ['between quotes it is empty', '{"a": "x{{organization.id}}"}', { a: 'x' }],
  ['the first that is there is taken', `{"a": {{user.last_name || user.email || 'x'}}}`, { a: 'ann@acme.test' }],
  ['a constant stands in', `{"a": {{user.last_name || 'nobody'}}}`, { a: 'nobody' }],
  ['an escaped quote does not end a text', String.raw`{"a": "\"{{user.email}}"}`, { a: '"ann@acme.test' }],
  ['names may be filled too', '{"{{user.email}}": 1}', { 'ann@acme.test': 1 }],
  ['nested claims are kept', '{"a": {"b": ["{{user.email}}"]}}', { a: { b: ['ann@acme.test'] } }],
  ['a prototype is no value', '{"a": {{user.constructor.name}}, "b": {{user.__proto__}}}', {}],
])('%s', (_claim, source, expected) => {
  expect(render(source)).toEqual(expected)
})

describe('is refused:', () => {
  test.each([
    ['no JSON', 'hello'],
    ['an array', '["{{user.email}}"]'],
    ['an open placeholder', '{"a": "{{user.email"}'],
    ['a call', '{"a": {{user.email.toUpperCase()}}}'],
    ['an expression', '{"a": {{1 + 1}}}'],
    ['an empty placeholder', '{"a": {{}}}'],
    ['a path of many levels', `{"a": {{${'a.'.repeat(20)}a}}}`],
    ['hundreds of placeholders', `{"a": "${'{{user.email}}'.repeat(300)}"}`],
    ...['iss', 'sub', 'exp', 'iat', 'nbf', 'jti'].map((claim) => [`the claim ${claim}`, `{"${claim}": "x"}`]),
  ])('%s', (_what, source) => {
    expect(() => parseJwtTemplate(source ?? '')).toThrow(JwtTemplateInvalid)
  })
})

test('a name that becomes a reserved claim only when filled is the server’s business: it writes its own last', () => {
  expect(render('{"{{user.email}}": 1}')).not.toHaveProperty('iss')
})
