import type { LoadedConfig } from '../config.ts'
import type { SettingKey } from '../settings.ts'
import type { Terminal } from './terminal.ts'

/** A flag that belongs to one command alone. */
interface CommandOption {
  /** Shown after the flag in help, such as `SECONDS`; without it the flag is a switch. */
  readonly value?: string
  readonly doc: string
}

export interface Command {
  readonly name: string
  /** What stands after the name, such as `FILE`. */
  readonly usage: string
  readonly summary: string
  /** More lines for its own help. */
  readonly notes?: readonly string[]
  /** Least and most words after the name. */
  readonly words: readonly [number, number]
  readonly settings: readonly SettingKey[]
  readonly options: Readonly<Record<string, CommandOption>>
  run(invocation: Invocation): Promise<void>
}

export interface Invocation extends LoadedConfig {
  readonly terminal: Terminal
  readonly words: readonly string[]
  /** The command's own options that were given; a switch is `true`. */
  readonly options: Readonly<Record<string, string | true>>
}

/** The text of an option, when it was given. */
export function textOption({ options }: Invocation, name: string): string | undefined {
  const value = options[name]
  return value === true ? undefined : value
}
