import type { en } from './en.ts'

/** A message whose words depend on a number, by the categories of CLDR that its language has. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }
export type Message = string | Forms

export type MessageKey = keyof typeof en

/** A language: every key, with forms where English has them. */
export type Catalogue = { readonly [K in MessageKey]: (typeof en)[K] extends string ? string : Forms }

/** One sentence about an amount, in all the forms its unit has. */
export function counted(unit: Forms, sentence: (amount: string) => string): Forms {
  const forms = Object.entries(unit).map(([category, amount]) => [category, sentence(amount)])
  return Object.fromEntries(forms) as Forms // the unit's own categories
}

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type NamesOf<M> = M extends string ? Names<M> : M extends { readonly other: infer Text } ? Names<Text> : never

/** What a message has to be given. */
export type Values<K extends MessageKey> =
  NamesOf<(typeof en)[K]> extends never
    ? []
    : [{ readonly [Name in NamesOf<(typeof en)[K]>]: Name extends 'count' ? number : string }]

/** Says a message in one language. */
export type Say = <K extends MessageKey>(key: K, ...values: Values<K>) => string
