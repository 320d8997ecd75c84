import { parseArgs } from 'node:util'
import { nearest } from '#domain/nearest.ts'
import { flagOf, type Setting, type SettingKey, settings } from '../settings.ts'
import type { Command } from './command.ts'
import { exitCodes, Failure } from './failure.ts'

export interface Arguments {
  readonly flags: ReadonlyMap<SettingKey, string>
  readonly configFile: string | undefined
  readonly options: Readonly<Record<string, string | true>>
  readonly words: readonly string[]
  readonly help: boolean
}

/** @throws Failure for a flag or word the command does not know, naming the nearest one it does. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const known = knownFlags(command)
  const types = [...known].map(([name, { isSwitch }]) => [name, { type: isSwitch ? 'boolean' : 'string' }] as const)
  // Not strict: the parser's own messages know neither what was meant nor which command this is.
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
    allowNegative: true,
  })
  const flags = new Map<SettingKey, string>()
  const options: Record<string, string | true> = {}
  const words: string[] = []
  let configFile: string | undefined
  let help = false
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      words.push(token.value)
      continue
    }
    if (token.name === 'help') {
      help = true
      continue
    }
    const flag = known.get(token.name)
    if (!flag) throw unknownFlag(token.rawName, command, known)
    const value = flag.isSwitch ? switchText(token) : textOf(token)
    if (flag.setting) flags.set(flag.setting, value)
    else if (token.name === 'config') configFile = value
    else options[token.name] = flag.isSwitch ? true : value
  }
  if (!help) checkWords(command, words)
  return { flags, configFile, options, words, help }
}

interface Flag {
  readonly isSwitch: boolean
  readonly setting?: SettingKey
}

function knownFlags(command: Command): Map<string, Flag> {
  const known = new Map<string, Flag>([['config', { isSwitch: false }]])
  for (const key of command.settings) {
    const name = flagOf(key)
    const setting: Setting = settings[key]
    if (name !== undefined) known.set(name, { isSwitch: setting.type.isSwitch ?? false, setting: key })
  }
  for (const [name, option] of Object.entries(command.options))
    known.set(name, { isSwitch: option.value === undefined })
  return known
}

interface OptionToken {
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function switchText({ rawName, value }: OptionToken): string {
  return value ?? String(!rawName.startsWith('--no-'))
}

function textOf({ rawName, value, inlineValue }: OptionToken): string {
  // `--port --json` is a forgotten port, not a port named --json; `--port=--json` would be.
  if (value === undefined || (value.startsWith('-') && !inlineValue))
    throw new Failure(exitCodes.userError, `${rawName} needs a value.`)
  return value
}

function unknownFlag(rawName: string, command: Command, known: ReadonlyMap<string, Flag>): Failure {
  const flags = [...known].map(([name, { isSwitch, setting }]) =>
    isSwitch && setting && settings[setting].default === true ? `--no-${name}` : `--${name}`,
  )
  const suggestion = nearest(rawName, [...flags, '--help'])
  return new Failure(
    exitCodes.userError,
    `${rawName} is not a flag of "gatehouse ${command.name}". Did you mean ${suggestion}?`,
  )
}

function checkWords(command: Command, words: readonly string[]): void {
  const [least, most] = command.words
  if (words.length >= least && words.length <= most) return
  const usage = `gatehouse ${command.name} ${command.usage}`.trim()
  const found =
    words.length < least ? `Something is missing after "gatehouse ${command.name}".` : `"${words[most]}" is too much.`
  throw new Failure(exitCodes.userError, `${found} Usage: ${usage}`)
}
