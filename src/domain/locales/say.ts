import type { Locale } from '#contracts/branding.ts'
import type { Catalogue, Message, MessageKey, Say } from './catalogue.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { ko } from './ko.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { ptBr } from './pt-br.ts'
import { zhCn } from './zh-cn.ts'

export const catalogues: Readonly<Record<Locale, Catalogue>> = {
  en,
  de,
  fr,
  es,
  'pt-BR': ptBr,
  it,
  nl,
  pl,
  ja,
  ko,
  'zh-CN': zhCn,
  ar,
}

/** Languages in which the family name comes first. */
const familyNameFirst: ReadonlySet<Locale> = new Set<Locale>(['ja', 'ko', 'zh-CN'])
const rightToLeft: ReadonlySet<Locale> = new Set<Locale>(['ar'])

export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return rightToLeft.has(locale) ? 'rtl' : 'ltr'
}

export function putsFamilyNameFirst(locale: Locale): boolean {
  return familyNameFirst.has(locale)
}

const rules = new Map<Locale, Intl.PluralRules>()

function formFor(locale: Locale, message: Message, count: number): string {
  if (typeof message === 'string') return message
  let plural = rules.get(locale)
  if (!plural) rules.set(locale, (plural = new Intl.PluralRules(locale)))
  return message[plural.select(count)] ?? message.other
}

/** Messages of one language. What is filled in is text, never markup: pages escape the whole. */
export function sayIn(locale: Locale): Say {
  const catalogue = catalogues[locale]
  return (key: MessageKey, ...given: readonly unknown[]) => {
    // Say's own type made sure that the values fit the key.
    const values = (given[0] ?? {}) as Readonly<Record<string, string | number>>
    return formFor(locale, catalogue[key], Number(values['count'] ?? 0)).replaceAll(/\{(\w+)\}/g, (_braces, name) => {
      const value = values[String(name)] ?? ''
      if (typeof value === 'number') return value.toLocaleString(locale)
      // Names and addresses keep their own direction, and their punctuation with them (Unicode UAX #9 §2.4).
      return directionOf(locale) === 'rtl' ? `\u2068${value}\u2069` : value
    })
  }
}

const isLocale = (text: string): text is Locale => Object.hasOwn(catalogues, text)

/** The language a tag such as `de-AT` or `zh-Hans-CN` is served by. */
export function localeFor(tag: string): Locale | undefined {
  if (tag.length > 35) return undefined
  const [language = '', ...subtags] = tag.toLowerCase().split(/[-_]/)
  // Traditional characters are another written language: better the fallback than the wrong one.
  if (language === 'zh' && subtags.some((subtag) => ['hant', 'tw', 'hk', 'mo'].includes(subtag))) return undefined
  const served = { pt: 'pt-BR', zh: 'zh-CN' }[language] ?? language
  return isLocale(served) ? served : undefined
}

/** The asker's wish (`ui_locales`, best first), then what the browser accepts (RFC 9110 §12.5.4), then the fallback. */
export function chooseLocale(wish: string | undefined, acceptLanguage: string | undefined, fallback: Locale): Locale {
  const wished = (wish ?? '').split(' ', 10)
  const accepted = (acceptLanguage ?? '')
    .split(',', 20)
    .map((part) => {
      const [tag = '', weight] = part.trim().split(/;\s*q=/)
      return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
  for (const tag of [...wished, ...accepted]) {
    const locale = localeFor(tag)
    if (locale) return locale
  }
  return fallback
}
