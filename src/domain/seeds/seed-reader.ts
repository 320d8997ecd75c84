import type { Static, TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { YamlFile } from '#protocols/yaml.ts'
import { nearest } from '../nearest.ts'

export type Path = readonly (string | number)[]

/** Where in the file something was said. */
export interface Located {
  readonly line: number
}

export interface Item {
  readonly path: Path
  readonly value: unknown
}

/** Reads untrusted structure piece by piece and collects everything that is wrong with it, each with its line. */
export class SeedReader {
  readonly problems: string[] = []
  /** What was said and cannot be done. */
  readonly ignored: string[] = []
  readonly #file: YamlFile

  constructor(file: YamlFile) {
    this.#file = file
  }

  lineOf(path: Path): number {
    return this.#file.lineOf(path)
  }

  complain(path: Path, message: string): void {
    this.problems.push(`line ${this.lineOf(path)}: ${message}`)
  }

  /**
   * The fields of a map, under their names in snake_case.
   * @param known those that are read; any other is a problem, unless it is
   * @param notYet one that is known and cannot be done, with why.
   */
  fields<Name extends string>(
    path: Path,
    value: unknown,
    known: readonly Name[],
    notYet: Readonly<Record<string, string>> = {},
  ): SeedFields<Name> {
    const found = new Map<string, Item>()
    for (const { key, ...item } of this.entries(path, value)) {
      const name = snakeCase(key)
      if (known.some((candidate) => candidate === name)) found.set(name, item)
      else if (Object.hasOwn(notYet, name))
        this.ignored.push(`line ${this.lineOf(item.path)}: ${key} (${notYet[name]})`)
      else
        this.complain(
          item.path,
          `"${key}" is not known here. Did you mean "${nearest(name, [...known, ...Object.keys(notYet)])}"?`,
        )
    }
    return new SeedFields(this, path, isMap(value) ? found : undefined)
  }

  /** Complains about the first thing that the API would refuse in what was read at the path. */
  conforms(path: Path, schema: TSchema, value: object): void {
    if (Check(schema, value)) return
    const [error] = Errors(schema, value)
    const field = error?.instancePath.split('/')[1]
    const place = field === undefined ? path : [...path, field]
    this.complain(place, `${nameOf(place)} ${error?.message ?? 'is not valid'}.`)
  }

  entries(path: Path, value: unknown): (Item & { readonly key: string })[] {
    if (isMap(value)) return Object.entries(value).map(([key, inner]) => ({ key, path: [...path, key], value: inner }))
    this.complain(path, `${path.length === 0 ? 'the file' : nameOf(path)} must be a map of names and values.`)
    return []
  }
}

/** The fields of one map. What is missing or misshapen is complained about, and read as not said. */
export class SeedFields<Name extends string> {
  readonly path: Path
  readonly #reader: SeedReader
  readonly #found: ReadonlyMap<string, Item>
  readonly #isMap: boolean

  /** @param found undefined when there was no map to read, which was complained about. */
  constructor(reader: SeedReader, path: Path, found: ReadonlyMap<string, Item> | undefined) {
    this.path = path
    this.#reader = reader
    this.#found = found ?? new Map()
    this.#isMap = found !== undefined
  }

  get line(): number {
    return this.#reader.lineOf(this.path)
  }

  get(name: Name): Item | undefined {
    return this.#found.get(name)
  }

  /** YAML reads 12 as a number, which is a fine name or external id all the same. */
  text(name: Name): string | undefined {
    const item = this.#found.get(name)
    if (!item) return undefined
    if (typeof item.value === 'number') return String(item.value)
    if (typeof item.value === 'string' && item.value !== '' && isStorable(item.value)) return item.value
    return this.#wrong(item, 'must be text.')
  }

  required(name: Name): string {
    if (this.#isMap && !this.#found.has(name)) this.#reader.complain(this.path, `${nameOf(this.path)} needs "${name}".`)
    return this.text(name) ?? ''
  }

  /** Ids stand in URLs, so they have no characters that would need escaping there. */
  id<Prefix extends string>(name: Name, prefix: Prefix): `${Prefix}${string}` | undefined {
    const text = this.text(name)
    if (text === undefined || (text.startsWith(prefix) && /^[A-Za-z0-9_-]{1,64}$/.test(text)))
      return text as `${Prefix}${string}` | undefined // its prefix was looked at
    const item = this.#found.get(name)
    return item && this.#wrong(item, `is "${text}"; it must be ${prefix}… of letters, digits, - and _.`)
  }

  flag(name: Name): boolean | undefined {
    const item = this.#found.get(name)
    if (!item || typeof item.value === 'boolean') return item?.value as boolean | undefined // just looked at
    return this.#wrong(item, 'must be true or false.')
  }

  choice<Choice extends string>(name: Name, choices: readonly Choice[]): Choice | undefined {
    const item = this.#found.get(name)
    if (!item) return undefined
    const chosen = choices.find((choice) => choice === item.value)
    return chosen ?? this.#wrong(item, `must be ${choices.join(' or ')}.`)
  }

  texts(name: Name): Record<string, string> | undefined {
    const item = this.#found.get(name)
    if (!item) return undefined
    const entries = this.#reader.entries(item.path, item.value)
    for (const { path, value } of entries)
      if (typeof value !== 'number' && !(typeof value === 'string' && isStorable(value)))
        this.#reader.complain(path, `${nameOf(path)} must be text.`)
    return Object.fromEntries(entries.map(({ key, value }) => [key, String(value)]))
  }

  textList(name: Name): string[] | undefined {
    const items = this.optionalList(name)
    for (const { path, value } of items ?? [])
      if (typeof value !== 'string' || value === '' || !isStorable(value))
        this.#reader.complain(path, `${nameOf(path)} must be text.`)
    return items?.map(({ value }) => String(value))
  }

  list(name: Name): Item[] {
    return this.optionalList(name) ?? []
  }

  optionalList(name: Name): Item[] | undefined {
    const item = this.#found.get(name)
    if (!item) return undefined
    if (Array.isArray(item.value))
      return item.value.map((value: unknown, index) => ({ path: [...item.path, index], value }))
    return this.#wrong(item, 'must be a list.')
  }

  /** A part whose shape the API's contract tells. */
  shaped<Schema extends TSchema>(name: Name, schema: Schema): Static<Schema> | undefined {
    const item = this.#found.get(name)
    if (!item || Check(schema, item.value)) return item?.value as Static<Schema> | undefined // just checked
    const [error] = Errors(schema, item.value)
    return this.#wrong(
      item,
      `${error?.instancePath.replaceAll('/', ' ').trim() ?? ''} ${error?.message ?? 'is not valid'}.`.trim(),
    )
  }

  #wrong(item: Item, message: string): undefined {
    this.#reader.complain(item.path, `${nameOf(item.path)} ${message}`)
    return undefined
  }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** PostgreSQL text cannot hold NUL, nor UTF-8 a lone surrogate. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `organizations[0].name` → `name`; an item of a list by its place: `organizations[0]`. */
function nameOf(path: Path): string {
  const last = path.at(-1) ?? 'the file'
  return typeof last === 'number' ? `${path.at(-2) ?? 'the list'}[${last}]` : last
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves out what was not said. */
export function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Compact<T> // just that
}
