import type { Environment, EnvironmentUpdate } from '#contracts/environments.ts'
import type { Work } from '#db/work.ts'
import { unsettle } from '../directories/settle.ts'
import { presentEnvironment } from './create.ts'

/** Fields left out keep their value. Whom the application sees of its directories is settled afterwards, see settlePeople. */
export async function updateEnvironment(work: Work, input: EnvironmentUpdate): Promise<Environment> {
  const keepInactive = input.keep_inactive_directory_users
  const row = await work.tx
    .updateTable('environments')
    .set((eb) => ({
      keep_inactive_directory_users: keepInactive ?? eb.ref('keep_inactive_directory_users'),
      updated_at: eb
        .case()
        .when('keep_inactive_directory_users', '<>', keepInactive ?? eb.ref('keep_inactive_directory_users'))
        .then(work.now)
        .else(eb.ref('updated_at'))
        .end(),
    }))
    .where('id', '=', work.environment)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (keepInactive !== undefined) await unsettle(work, 'roles and visibility')
  return presentEnvironment(row)
}

export async function renameEnvironment(work: Work, name: string): Promise<Environment> {
  const row = await work.tx
    .updateTable('environments')
    .set((eb) => ({
      name,
      updated_at: eb.case().when('name', '=', name).then(eb.ref('updated_at')).else(work.now).end(),
    }))
    .where('id', '=', work.environment)
    .returningAll()
    .executeTakeFirstOrThrow()
  return presentEnvironment(row)
}
