import { migrate } from '#db/migrate.ts'
import type { Command } from './command.ts'
import { withDatabase } from './database.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  summary: 'Brings the database up to this version: forward only, one process at a time.',
  words: [0, 0],
  settings: ['databaseUrl', 'data', 'json'],
  options: {},
  async run({ config, terminal }) {
    const applied = await withDatabase(config, (db) => migrate(db.pool))
    if (config.json) terminal.line(JSON.stringify({ applied }))
    else if (applied.length === 0) terminal.line('The database is up to date.')
    else for (const name of applied) terminal.line(`applied ${name}`)
  },
}
