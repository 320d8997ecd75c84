import { describe, expect, test } from 'vitest'
import { planProvisioning, type ProvisioningFacts } from './plan.ts'

const here = { active: true, email: 'ann@acme.test', ownDomain: true }
const guest = { active: true, email: 'gus@guest.test', ownDomain: false }
const facts: ProvisioningFacts = { person: here, followed: null, user: 'none', other: null }

describe('what becomes of a person of a directory', () => {
  test.each([
    ['a new one of a verified domain joins', {}, { do: 'join', user: 'create', names: false, status: 'active' }],
    [
      'one who has an account joins with it, and takes the directory’s name',
      { user: 'exists' },
      { do: 'join', user: 'use', names: true, status: 'active' },
    ],
    ['a guest is invited', { person: guest }, { do: 'join', user: 'create', names: false, status: 'pending' }],
    [
      'a guest with an account is invited too, and keeps their name',
      { person: guest, user: 'exists' },
      { do: 'join', user: 'use', names: false, status: 'pending' },
    ],
    ['nobody without an address', { person: { ...here, email: null } }, { do: 'nothing' }],
    ['nobody who is inactive from the start', { person: { ...here, active: false } }, { do: 'nothing' }],
    [
      'a member is adopted',
      { user: 'exists', other: { status: 'active', followsAnother: false } },
      { do: 'adopt', names: true, activate: false },
    ],
    [
      'a member an administrator had deactivated comes back: the directory wins',
      { user: 'exists', other: { status: 'inactive', followsAnother: false } },
      { do: 'adopt', names: true, activate: true },
    ],
    [
      'a guest’s deactivated membership stays so',
      { person: guest, user: 'exists', other: { status: 'inactive', followsAnother: false } },
      { do: 'adopt', names: false, activate: false },
    ],
    [
      'a member who follows another directory’s person is left to it',
      { user: 'exists', other: { status: 'active', followsAnother: true } },
      { do: 'nothing' },
    ],
    [
      'a follower stays in step',
      { followed: { status: 'active', managed: true } },
      { do: 'follow', names: true, activate: false },
    ],
    [
      'one who comes back is active again',
      { followed: { status: 'inactive', managed: true } },
      { do: 'follow', names: true, activate: true },
    ],
    [
      'an invited guest stays invited',
      { person: guest, followed: { status: 'pending', managed: false } },
      { do: 'follow', names: false, activate: false },
    ],
    [
      'one who is deactivated leaves',
      { person: { ...here, active: false }, followed: { status: 'active', managed: true } },
      { do: 'deactivate' },
    ],
    ['one who is gone leaves', { person: null, followed: { status: 'active', managed: true } }, { do: 'deactivate' }],
    ['once', { person: null, followed: { status: 'inactive', managed: true } }, { do: 'nothing' }],
    [
      'an invitation is withdrawn',
      { person: null, followed: { status: 'pending', managed: false } },
      { do: 'withdraw' },
    ],
    ['one who was never here is nothing to us', { person: null }, { do: 'nothing' }],
  ] as const)('%s', (_claim, change, expected) => {
    expect(planProvisioning({ ...facts, ...change })).toEqual(expected)
  })
})
