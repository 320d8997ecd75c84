import { describe, expect, test } from 'vitest'
import { locales } from '#contracts/branding.ts'
import type { Message, MessageKey } from './catalogue.ts'
import { en } from './en.ts'
import { catalogues, chooseLocale, sayIn } from './say.ts'

const keys = Object.keys(en) as MessageKey[] // the catalogue has no other keys

const formsOf = (message: Message): string[] => (typeof message === 'string' ? [message] : Object.values(message))
const bracesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()

describe.each(locales)('%s', (locale) => {
  const catalogue = catalogues[locale]

  test('has every key and no other', () => {
    expect(Object.keys(catalogue).toSorted()).toEqual(Object.keys(en).toSorted())
  })

  test('fills in the same words everywhere', () => {
    for (const key of keys)
      for (const form of formsOf(catalogue[key]))
        // A form for one may say "a minute" instead of its number.
        expect(
          bracesOf(form).filter((name) => name !== 'count'),
          `${key}: ${form}`,
        ).toEqual(bracesOf(formsOf(en[key])[0] ?? '').filter((name) => name !== 'count'))
  })

  test('has a form for every number its grammar tells apart', () => {
    const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
    // Millions and fractions, which no message of ours counts.
    const wanted = categories.filter(
      (category) => !(category === 'many' && ['fr', 'es', 'it', 'pt-BR'].includes(locale)),
    )
    for (const key of keys) {
      const message = catalogue[key]
      if (typeof message === 'string') continue
      const spoken = wanted
      expect(Object.keys(message), key).toEqual(expect.arrayContaining(spoken))
    }
  })

  test('says nothing empty, and nothing in English by mistake', () => {
    for (const key of keys) for (const form of formsOf(catalogue[key])) expect(form.trim(), key).not.toBe('')
    const same = keys.filter((key) => JSON.stringify(catalogue[key]) === JSON.stringify(en[key]))
    // Words that are the same in both, at most.
    expect(locale === 'en' ? 0 : same.length, same.join()).toBeLessThan(5)
  })
})

test('a number chooses the form', () => {
  const say = sayIn('en')
  expect(say('tooMany', { count: 1 })).toContain('1 second.')
  expect(say('tooMany', { count: 30 })).toContain('30 seconds.')
})

test('Arabic tells two from few and many', () => {
  const say = sayIn('ar')
  const texts = [1, 2, 3, 11, 100].map((count) => say('mailInviteText', { count }))
  expect(new Set(texts).size).toBe(5)
  expect(texts[1]).toContain('يومين')
})

test('a name keeps its direction among letters that run the other way', () => {
  expect(sayIn('ar')('inviteTitle', { organization: 'Acme Inc.' })).toContain('\u2068Acme Inc.\u2069')
  expect(sayIn('en')('inviteTitle', { organization: 'Acme Inc.' })).toBe('Join Acme Inc.')
})

test.each([
  ['pt', 'pt-BR'],
  ['zh-Hans-SG', 'zh-CN'],
  ['zh-Hant-TW', 'en'],
  ['ar-EG', 'ar'],
  ['ko-KR', 'ko'],
])('%s is served in %s', (tag, locale) => expect(chooseLocale(tag, undefined, 'en')).toBe(locale))

test('what is filled in is not read again', () => {
  expect(sayIn('en')('signInTo', { app: '{email}$&' })).toBe('Sign in to {email}$&')
})

test.each([
  ['the wish comes first', 'de fr', 'en', 'de'],
  ['then what the browser likes best', undefined, 'fr;q=0.5, de-AT;q=0.9, en;q=0.1', 'de'],
  ['a region is served by its language', undefined, 'fr-CA', 'fr'],
  ['a language refused is not chosen', undefined, 'de;q=0, fr', 'fr'],
  ['what nobody speaks falls back', 'tlh', 'vo', 'en'],
  ['nonsense falls back', '../../etc', ',;q=,;;', 'en'],
  ['a name every object has is no language', 'constructor __proto__', 'toString', 'en'],
])('%s', (_claim, wish, accept, chosen) => expect(chooseLocale(wish, accept, 'en')).toBe(chosen))
