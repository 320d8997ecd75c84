import { type DashboardRole, dashboardRoles } from '#contracts/endpoint.ts'
import type { Database } from '#db/database.ts'
import { inviteDashboardUser, listDashboardUsers, removeDashboardUser } from '#domain/dashboard/users.ts'
import { isDomainError } from '#domain/errors.ts'
import { nearest } from '#domain/nearest.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { readRunning } from './data-folder.ts'
import { withDatabase } from './database.ts'
import { exitCodes, Failure } from './failure.ts'

type Verb = (invocation: Invocation, db: Database) => Promise<void>

const verbs: Readonly<Record<string, { readonly words: number; readonly usage: string; readonly run: Verb }>> = {
  list: { words: 1, usage: 'list', run: list },
  invite: { words: 2, usage: 'invite EMAIL', run: invite },
  remove: { words: 2, usage: 'remove EMAIL', run: remove },
}

export const dashboard: Command = {
  name: 'dashboard',
  usage: 'list | invite EMAIL | remove EMAIL',
  summary: 'People who may use the dashboard.',
  notes: [
    'invite prints a link that works once, for a day: whoever opens it sets a password and a second factor. For somebody',
    'who is there already it is the way back in after a lost password or phone.',
  ],
  words: [1, 2],
  settings: ['databaseUrl', 'data', 'baseUrl', 'json'],
  options: { role: { value: 'ROLE', doc: `${dashboardRoles.join(', ')} (default owner)` } },
  async run(invocation) {
    const [name = ''] = invocation.words
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (!verb)
      throw new Failure(
        exitCodes.userError,
        `"${name}" is not known here. Did you mean "gatehouse dashboard ${nearest(name, Object.keys(verbs))}"?`,
      )
    if (invocation.words.length !== verb.words)
      throw new Failure(exitCodes.userError, `Usage: gatehouse dashboard ${verb.usage}`)
    await withDatabase(invocation.config, (db) => verb.run(invocation, db)).catch((error: unknown) => {
      throw isDomainError(error) ? new Failure(exitCodes.userError, error.message, [], { cause: error }) : error
    })
  },
}

async function list({ config, terminal }: Invocation, db: Database): Promise<void> {
  const users = await listDashboardUsers(db)
  if (config.json) return terminal.line(JSON.stringify(users, null, 2))
  if (users.length === 0)
    return terminal.line('Nobody may use the dashboard. Invite somebody: gatehouse dashboard invite EMAIL')
  terminal.table(
    [['EMAIL', 'ROLE', 'STATE', 'SINCE'], ...users.map((user) => [user.email, user.role, user.state, user.created_at])],
    '',
  )
}

async function invite(invocation: Invocation, db: Database): Promise<void> {
  const { config, terminal } = invocation
  const [, email = ''] = invocation.words
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new Failure(exitCodes.userError, `"${email}" is not an e-mail address.`)
  const baseUrl = config.baseUrl ?? (await readRunning(config.data))?.url
  if (baseUrl === undefined)
    throw new Failure(exitCodes.userError, 'Where the server is reached is not known: set BASE_URL.')
  const invited = await inviteDashboardUser(db, { email, role: roleOf(invocation) }, baseUrl, new Date())
  if (config.json) return terminal.line(JSON.stringify(invited))
  terminal.line(`${email} may come in as ${invited.role} by this link, once and within a day:`)
  terminal.line(invited.invitation_url)
}

async function remove({ words, config, terminal }: Invocation, db: Database): Promise<void> {
  const [, email = ''] = words
  const user = (await listDashboardUsers(db)).find((found) => found.email.toLowerCase() === email.toLowerCase())
  if (!user) throw new Failure(exitCodes.userError, `Nobody has the address ${email}. See: gatehouse dashboard list`)
  await removeDashboardUser(db, user.id)
  terminal.line(config.json ? JSON.stringify({ removed: user.id }) : `${email} may not use the dashboard any more.`)
}

function roleOf(invocation: Invocation): DashboardRole {
  const text = textOption(invocation, 'role') ?? 'owner'
  const role = dashboardRoles.find((known) => known === text)
  if (role) return role
  throw new Failure(exitCodes.userError, `--role is "${text}". Did you mean "${nearest(text, dashboardRoles)}"?`)
}
