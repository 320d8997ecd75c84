import { expect, test } from 'vitest'
import { meet } from './shared-edit.ts'

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
