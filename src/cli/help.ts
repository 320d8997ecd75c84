import { createRequire } from 'node:module'
import { flagOf, type Setting, type SettingKey, settings } from '../settings.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import type { Terminal } from './terminal.ts'

export function version(): string {
  const { version: number } = createRequire(import.meta.url)('../../package.json') as { version: string } // npm demands it
  return number
}

export function generalHelp(terminal: Terminal): void {
  terminal.line(`gatehouse ${version()}: enterprise sign-in and directory sync that you run yourself`)
  terminal.line('\nUsage: gatehouse COMMAND [flags]\n')
  terminal.table(Object.entries(commands).map(([name, { summary }]) => [name, summary]))
  terminal.line('\nEach explains its flags: gatehouse help COMMAND, or gatehouse COMMAND --help.')
  terminal.line(
    'Settings come from flags, then the environment, then gatehouse.config.yaml or .json here, then defaults.',
  )
  terminal.line('\nExit codes:')
  terminal.table([
    ['0', 'done'],
    ['1', 'the command line, a setting or a file is wrong'],
    ['2', 'the surroundings are: an old Node, unreadable data, a database that is away'],
    ['3', 'the port is in use'],
    ['4', 'another Gatehouse uses the same data folder'],
  ])
}

export function commandHelp(command: Command, terminal: Terminal): void {
  terminal.line(command.summary)
  terminal.line(`\nUsage: gatehouse ${command.name} ${command.usage}`.trimEnd())
  if (command.notes) terminal.line(`\n${command.notes.join('\n')}`)
  const own = Object.entries(command.options).map(([name, { value, doc }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    doc,
  ])
  const shared = command.settings.map(settingHelp)
  terminal.line()
  terminal.table([...own, ...shared, ['--config FILE', 'Read settings from this file']])
}

function settingHelp(key: SettingKey): string[] {
  const setting: Setting = settings[key]
  const flag = flagOf(key)
  const { isSwitch } = setting.type
  const shown =
    flag === undefined
      ? setting.name
      : isSwitch
        ? `--${setting.default === true ? 'no-' : ''}${flag}`
        : `--${flag} ${flag.toUpperCase().replaceAll('-', '_')}`
  const facts = [
    isSwitch ? '' : setting.unit,
    setting.default === undefined || isSwitch ? '' : `default ${String(setting.default)}`,
    setting.env.length > 0 ? `env ${setting.env.join(' or ')}` : '',
  ].filter((fact) => fact !== '')
  return [shown, facts.length > 0 ? `${setting.doc} (${facts.join('; ')})` : setting.doc]
}
