import { describe, expect, test } from 'vitest'
import { decideLinking, type Linking, type LinkingFacts } from './linking.ts'

const stranger: LinkingFacts = { linked: null, held: false, voucher: null, ofOrganization: false, maySignUp: true }

type Somebody = Exclude<Linking, { becomes: 'nobody' }>

const becomes = (who: Somebody['becomes'], more: Partial<Somebody> = {}): Linking => ({
  becomes: who,
  emailProven: false,
  links: 'after_inbox',
  joins: false,
  ...more,
})
const proven = { emailProven: true, links: 'now' } as const

describe('who an identity becomes', () => {
  test.each<[string, Partial<LinkingFacts>, Linking]>([
    ['nobody has the address, nobody vouches', {}, becomes('new_user')],
    ['nobody has the address, the provider vouches', { voucher: 'provider' }, becomes('new_user', proven)],
    ['sign-ups are closed', { maySignUp: false }, { becomes: 'nobody' }],
    ['sign-ups are closed, the provider vouches', { maySignUp: false, voucher: 'provider' }, { becomes: 'nobody' }],
    [
      'sign-ups are closed, and an organization names somebody of elsewhere',
      { maySignUp: false, ofOrganization: true },
      { becomes: 'nobody' },
    ],
    [
      'sign-ups are closed, and an organization names somebody of its domain',
      { maySignUp: false, ofOrganization: true, voucher: 'organization' },
      becomes('new_user', { ...proven, joins: true }),
    ],
    ['somebody has the address, nobody vouches', { held: true }, becomes('holder')],
    ['somebody has the address, sign-ups are closed', { held: true, maySignUp: false }, becomes('holder')],
    ['somebody has the address, the provider vouches', { held: true, voucher: 'provider' }, becomes('holder', proven)],
    [
      'somebody has the address, and an organization names somebody of elsewhere',
      { held: true, ofOrganization: true },
      becomes('holder'),
    ],
    [
      'somebody has the address, and it is of the organization’s domain',
      { held: true, ofOrganization: true, voucher: 'organization' },
      becomes('holder', { ...proven, joins: true }),
    ],
    ['the identity was linked', { linked: 'same_address', held: true }, becomes('linked_user', { links: 'before' })],
    [
      'the identity was linked, the provider vouches',
      { linked: 'same_address', held: true, voucher: 'provider' },
      becomes('linked_user', { links: 'before', emailProven: true }),
    ],
    [
      'the identity was linked, to somebody with another address by now',
      { linked: 'other_address', ofOrganization: true, voucher: 'organization' },
      becomes('linked_user', { links: 'before' }),
    ],
    [
      'the identity was linked to one, and another has the address',
      { linked: 'other_address', held: true, voucher: 'provider', maySignUp: false },
      becomes('linked_user', { links: 'before' }),
    ],
  ])('when %s', (_when, facts, expected) => {
    expect(decideLinking({ ...stranger, ...facts })).toEqual(expected)
  })
})

/** There are few enough to look at all. */
const every = [null, 'same_address', 'other_address'].flatMap((linked) =>
  [null, 'provider', 'organization'].flatMap((voucher) =>
    [true, false].flatMap((held) =>
      [true, false].flatMap((ofOrganization) =>
        [true, false].map((maySignUp) => ({ linked, voucher, held, ofOrganization, maySignUp }) as LinkingFacts),
      ),
    ),
  ),
)

describe('in every case there is', () => {
  const cases = every.map((facts) => ({ facts, linking: decideLinking(facts) }))
  const somebody = cases.flatMap(({ facts, linking }) => (linking.becomes === 'nobody' ? [] : [{ facts, linking }]))

  test('there are seventy-two', () => expect(cases.length).toBe(72))

  test('no address that nobody vouches for is linked, proven or joined', () => {
    for (const { facts, linking } of somebody.filter(({ facts: { voucher } }) => voucher === null)) {
      expect(linking.links, JSON.stringify(facts)).toBe(facts.linked === null ? 'after_inbox' : 'before')
      expect([linking.emailProven, linking.joins], JSON.stringify(facts)).toEqual([false, false])
    }
  })

  test('vouching for one address proves no other', () => {
    for (const { facts, linking } of somebody.filter(({ facts: { linked } }) => linked === 'other_address'))
      expect([linking.emailProven, linking.joins], JSON.stringify(facts)).toEqual([false, false])
  })

  test('a linked identity goes to its user, whatever the address says', () => {
    for (const { facts, linking } of cases.filter(({ facts: { linked } }) => linked !== null))
      expect(linking.becomes, JSON.stringify(facts)).toBe('linked_user')
  })

  test('nobody joins who is not proven', () => {
    const joining = somebody.filter(({ linking }) => linking.joins)
    expect(joining.every(({ facts, linking }) => linking.emailProven && facts.ofOrganization)).toBe(true)
  })
})
