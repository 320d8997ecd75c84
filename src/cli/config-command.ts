import { type Setting, settingKeys, settings, showSetting } from '../settings.ts'
import type { Command, Invocation } from './command.ts'
import { exitCodes, Failure } from './failure.ts'

export const configCommand: Command = {
  name: 'config',
  usage: 'print',
  summary: 'Shows every setting, its value and where it came from; secrets are masked.',
  words: [0, 1],
  settings: settingKeys,
  options: {},
  async run(invocation) {
    const [verb = 'print'] = invocation.words
    if (verb !== 'print')
      throw new Failure(exitCodes.userError, `"${verb}" is not known here. Did you mean "gatehouse config print"?`)
    printConfig(invocation)
  },
}

function printConfig({ config, origins, file, terminal }: Invocation): void {
  const rows = settingKeys.map((key) => {
    const setting: Setting = settings[key]
    return { name: setting.name, value: showSetting(key, config), origin: origins[key], doc: setting.doc }
  })
  if (config.json) {
    const known = rows.map(({ name, value, origin }) => [name, { value: value === '' ? null : value, origin }])
    return terminal.line(JSON.stringify({ file: file ?? null, settings: Object.fromEntries(known) }, null, 2))
  }
  terminal.table(
    [
      ['SETTING', 'VALUE', 'FROM'],
      ...rows.map(({ name, value, origin }) => [name, value === '' ? '-' : value, origin]),
    ],
    '',
  )
}
