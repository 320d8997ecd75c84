import { describe, expect, test } from 'vitest'
import { applyPatch } from './patch.ts'
import { parsePatchRequest, patchOpUrn } from './patch-request.ts'
import { userType } from './schema.ts'

function outcome(body: unknown): string {
  const parsed = parsePatchRequest(body, userType)
  return parsed.ok ? 'accepted' : (parsed.error.scimType ?? parsed.error.status)
}

const patch = (operation: unknown) => ({ schemas: [patchOpUrn], Operations: [operation] })

describe('RFC 7644 §3.5.2 the body of a PATCH', () => {
  test.each<[string, unknown, string]>([
    ['as the RFC has it', patch({ op: 'add', path: 'title', value: 'x' }), 'accepted'],
    ['without schemas', { Operations: [{ op: 'add', path: 'title', value: 'x' }] }, 'accepted'],
    ['names in another case', { operations: [{ op: 'add', path: 'title', value: 'x' }] }, 'accepted'],
    ['one operation that is no list', { Operations: { op: 'add', path: 'title', value: 'x' } }, 'accepted'],
    ['with schemas of something else', { schemas: ['urn:x'], Operations: [] }, 'invalidSyntax'],
    ['with schemas that are none', { schemas: 'x', Operations: [{ op: 'remove', path: 'title' }] }, 'invalidSyntax'],
    ['no body', undefined, 'invalidSyntax'],
    ['null', null, 'invalidSyntax'],
    ['an array', [], 'invalidSyntax'],
    ['text', 'x', 'invalidSyntax'],
    ['no operations', { schemas: [patchOpUrn] }, 'invalidSyntax'],
    ['an empty list of them', { schemas: [patchOpUrn], Operations: [] }, 'invalidSyntax'],
    ['null for them', { schemas: [patchOpUrn], Operations: null }, 'invalidSyntax'],
    ['null among them', patch(null), 'invalidSyntax'],
    ['a list among them', patch([]), 'invalidSyntax'],
    ['an unknown op', patch({ op: 'move', path: 'title' }), 'invalidSyntax'],
    ['no op', patch({ path: 'title', value: 'x' }), 'invalidSyntax'],
    ['a number for op', patch({ op: 5, path: 'title', value: 'x' }), 'invalidSyntax'],
    ['a number for path', patch({ op: 'add', path: 5, value: 'x' }), 'invalidSyntax'],
    ['a path that cannot be read', patch({ op: 'add', path: 'a[', value: 'x' }), 'invalidPath'],
    ['a name that is no path', patch({ op: 'add', value: { 'a b': 'x' } }), 'invalidPath'],
    ['a remove without a path', patch({ op: 'remove', value: { title: 'x' } }), 'noTarget'],
    ['an add without a value', patch({ op: 'add', path: 'title' }), 'invalidValue'],
    ['a replace without a value', patch({ op: 'replace', path: 'title' }), 'invalidValue'],
    ['text without a path', patch({ op: 'add', value: 'x' }), 'invalidValue'],
    ['a list without a path', patch({ op: 'add', value: [{ title: 'x' }] }), 'invalidValue'],
    [
      'a list to remove without end',
      patch({ op: 'remove', path: 'emails', value: Array.from({ length: 1_001 }, () => 'x') }),
      'invalidValue',
    ],
    ['a list to remove that names nothing', patch({ op: 'remove', path: 'emails', value: [{}] }), 'invalidValue'],
    [
      'operations without end',
      { Operations: Array.from({ length: 1_001 }, () => ({ op: 'remove', path: 'title' })) },
      '413',
    ],
    [
      'names in a value without end',
      patch({ op: 'add', value: Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`a${i}`, 1])) }),
      '413',
    ],
  ])('%s: %#', (_claim, body, expected) => {
    expect(outcome(body)).toBe(expected)
  })

  test('a path that leads nowhere is for applyPatch to refuse', () => {
    const parsed = parsePatchRequest(patch({ op: 'add', path: 'userName.foo', value: 'x' }), userType)
    if (!parsed.ok) throw new Error(parsed.error.detail)
    expect(applyPatch({}, parsed.value, userType)).toMatchObject({ ok: false, error: { scimType: 'invalidPath' } })
  })

  test('the refusal of an op says what there is', () => {
    const parsed = parsePatchRequest(patch({ op: 'move', path: 'title' }), userType)
    expect(parsed).toMatchObject({ error: { detail: 'op must be add, replace or remove, and is "move".' } })
  })
})
