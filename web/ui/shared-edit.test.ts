import { expect, test } from 'vitest'
import { clearedOf, meet, typedOn } from './shared-edit.ts'

const was = { name: 'Acme', events: ['user.created'] }
const mine = { ...was, name: 'Acme Inc.' }
const theirs = { ...was, events: ['user.created', 'user.deleted'] }

test.each([
  ['nobody changed it: what was typed stays', { base: was, mine }, { ...was }, { base: was, mine }],
  [
    'whoever has changed nothing sees what others saved',
    { base: was, mine: was },
    theirs,
    { base: theirs, mine: theirs },
  ],
  ['two of one mind have nothing to decide', { base: was, mine }, { ...mine }, { base: mine, mine }],
  ['both changed it: nothing is saved before somebody decides', { base: was, mine }, theirs, undefined],
  ['even if they changed the same field', { base: was, mine }, { ...was, name: 'ACME' }, undefined],
  ['what was decided against holds until it is changed again', { base: theirs, mine }, theirs, { base: theirs, mine }],
])('%s', (_claim, edit, now, expected) => expect(meet(edit, now)).toEqual(expected))

test.each([
  ['it is as it was sent: it becomes what the server made of it', { ...mine }, 'Acme'],
  ['it was typed on: that stays', { ...mine, name: 'Acme Incorporated' }, 'Acme Incorporated'],
])('saved while %s', (_claim, now, name) => {
  expect(typedOn(mine, now, { ...mine, name: 'Acme' })).toEqual({ ...mine, name })
})

test('what was cleared while it was being saved stays cleared', () => {
  expect(typedOn<object>({ logo: 'a' }, { logo: null }, { logo: 'a' })).toEqual({ logo: null })
})

test('what was saved and what was typed meanwhile meet entry by entry', () => {
  const sent = { map: { a: '1', b: '' } }
  const now = { map: { a: '1', b: '2' } }
  const saved = { map: { a: 'one', c: 'added' } }
  expect(typedOn<object>(sent, now, saved)).toEqual({ map: { a: 'one', b: '2', c: 'added' } })
})

test('a field is empty after its value was added, unless the next one is in it already', () => {
  expect(clearedOf('one')('one')).toBe('')
  expect(clearedOf('one')('two')).toBe('two')
})
