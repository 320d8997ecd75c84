import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { nearest } from '#domain/nearest.ts'
import { type Config, flagOf, type Setting, type SettingKey, settingKeys, settings } from './settings.ts'

export interface LoadedConfig {
  readonly config: Config
  /** Where each value came from, such as `--port`, `PORT`, `gatehouse.config.yaml:3` or `default`. */
  readonly origins: Readonly<Record<SettingKey, string>>
  /** The configuration file that was read. */
  readonly file: string | undefined
}

/** Everything that is wrong with the settings, a sentence each. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

export interface ConfigSources {
  /** Flags as they were typed, a switch as `true` or `false`. */
  readonly flags?: ReadonlyMap<SettingKey, string>
  /** A configuration file to read instead of looking for one. */
  readonly file?: string | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly folder?: string
}

interface Found {
  readonly text: string
  readonly origin: string
  readonly base: string
}

/**
 * Reads the settings: flags before environment before file before defaults.
 * @throws ConfigInvalid naming every problem at once.
 */
export async function loadConfig(sources: ConfigSources = {}): Promise<LoadedConfig> {
  const { flags = new Map(), env = process.env, folder = process.cwd() } = sources
  const file = findFile(sources.file, folder)
  const problems: string[] = []
  const inFile = file === undefined ? new Map<SettingKey, Found>() : await readFile(file, folder, problems)
  const values: Partial<Record<SettingKey, unknown>> = {}
  const origins: Partial<Record<SettingKey, string>> = {}
  for (const key of settingKeys) {
    const setting: Setting = settings[key]
    const found = fromFlag(flags, key, folder) ?? fromEnv(env, setting, folder) ?? inFile.get(key)
    origins[key] = found?.origin ?? 'default'
    try {
      values[key] = found ? setting.type.parse(found.text, found.base) : defaultOf(setting, folder)
    } catch (error) {
      problems.push(`${setting.name} (${found?.origin}) ${(error as Error).message}`) // parsers throw Errors only
    }
  }
  if (problems.length > 0) throw new ConfigInvalid(problems)
  // The loop filled in every key, each with what its own type parsed.
  return { config: Object.freeze(values) as Config, origins: origins as Record<SettingKey, string>, file }
}

/** What an application that uses this server has in its environment; `doctor` compares it with what we know. */
export interface ClientEnvironment {
  readonly apiKey: string | undefined
  readonly clientId: string | undefined
  readonly hostname: string | undefined
  readonly port: string | undefined
}

export function readClientEnvironment(env: NodeJS.Dict<string> = process.env): ClientEnvironment {
  return {
    apiKey: env['WORKOS_API_KEY'],
    clientId: env['WORKOS_CLIENT_ID'],
    hostname: env['WORKOS_API_HOSTNAME'],
    port: env['WORKOS_API_PORT'],
  }
}

/** Our environment for a program we start, without the secrets that are none of its business. */
export function environmentForChildren(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const secret = new Set(settingKeys.flatMap((key) => ('mask' in settings[key] ? settings[key].env : [])))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.has(name)))
}

/** https://no-color.org */
export function wantsColor(env: NodeJS.ProcessEnv = process.env): boolean {
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}

/** The version of the Node that was too old and started a newer one; see bin/gatehouse.mjs. */
export function startedByNode(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env['GATEHOUSE_STARTED_BY_NODE']
}

const fileNames = ['gatehouse.config.yaml', 'gatehouse.config.yml', 'gatehouse.config.json']

function findFile(given: string | undefined, folder: string): string | undefined {
  if (given !== undefined) return resolve(folder, given)
  const present = fileNames.filter((name) => existsSync(join(folder, name)))
  if (present.length > 1) throw new ConfigInvalid([`There are ${present.join(' and ')}. Keep one of them.`])
  return present[0] === undefined ? undefined : join(folder, present[0])
}

async function readFile(file: string, folder: string, problems: string[]): Promise<Map<SettingKey, Found>> {
  const name = relative(folder, file) || file
  const found = new Map<SettingKey, Found>()
  const content = readText(file, name)
  // Loaded here: most starts have no file, and the parser costs some of the first second.
  const { readYaml } = await import('#protocols/yaml.ts')
  const parsed = readYaml(content)
  if (!parsed.ok) throw new ConfigInvalid([`${name}:${parsed.error.line} ${parsed.error.message}.`])
  const { value, lineOf } = parsed.value
  if (value === null) return found
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ConfigInvalid([`${name} must hold settings such as "port: 4100".`])
  const names = new Map(settingKeys.map((key) => [settings[key].name, key]))
  for (const [entry, content] of Object.entries(value)) {
    const where = `${name}:${lineOf([entry])}`
    const key = names.get(entry)
    if (!key)
      problems.push(`${where} "${entry}" is not a setting. Did you mean "${nearest(entry, [...names.keys()])}"?`)
    else if (content === null || typeof content === 'object')
      problems.push(`${where} "${entry}" needs a single value: ${settings[key].unit}.`)
    else found.set(key, { text: String(content), origin: where, base: dirname(file) })
  }
  return found
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigInvalid([`${name} cannot be read: ${(error as Error).message}`]) // fs throws Errors
  }
}

function fromFlag(flags: ReadonlyMap<SettingKey, string>, key: SettingKey, base: string): Found | undefined {
  const value = flags.get(key)
  return value === undefined ? undefined : { text: value, origin: `--${flagOf(key)}`, base }
}

/** A variable that is set to nothing is not set: that is what compose files and CI systems mean by it. */
function fromEnv(env: NodeJS.ProcessEnv, setting: Setting, base: string): Found | undefined {
  for (const name of setting.env) {
    const value = env[name]
    if (value !== undefined && value !== '') return { text: value, origin: name, base }
  }
  return undefined
}

function defaultOf(setting: Setting, folder: string): unknown {
  return typeof setting.default === 'string' ? setting.type.parse(setting.default, folder) : setting.default
}
