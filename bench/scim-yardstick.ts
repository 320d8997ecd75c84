/**
 * What SCIM costs without a product around it: node:http, pg and prepared statements, the same log of events and the same
 * durable writes, and nothing else — no tokens, no limits, no schema, no log of requests, no projection, no roles.
 * Something to hold Gatehouse against, not something to run. Started by the scim-load bench.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import pg from 'pg'
import { newId } from '#db/new-id.ts'
import { childOptions } from './child.ts'
import { bodyOf, send, serveLean } from './lean-server.ts'
import { Stamper } from './stamper.ts'

export interface ScimYardstickReady {
  readonly url: string
}

const { databaseUrl } = childOptions<{ databaseUrl: string }>()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, options: '-c jit=off -c enable_seqscan=off' })
const environment = 'environment_yardstick'

await pool.query(`
  create table people_y (directory text not null, id text not null, seq bigint generated always as identity,
    user_name_key text not null, email_key text not null, resource text not null, version integer not null default 1,
    created_at timestamptz not null, updated_at timestamptz not null,
    primary key (directory, id), unique (directory, user_name_key));
  create index on people_y (directory, seq);
  create index on people_y (directory, email_key);
  create table groups_y (directory text not null, id text not null, resource text not null, primary key (directory, id));
  create table members_y (group_id text not null, user_id text not null, primary key (group_id, user_id));
  create table totals_y (directory text primary key, people integer not null)`)

const announced = `insert into event_pending (seq, environment_id, type, created_at) select * from event`
const append = (type: string, id: string, body: string, at: string, from: string) => `event as (
      insert into events (environment_id, id, type, body, created_at)
      select '${environment}', ${id}, '${type}', ${body}, ${at} from ${from} returning seq, environment_id, type, created_at)`

const columns = 'id, resource, version, created_at, updated_at'
const statements = {
  byId: `select ${columns} from people_y where directory = $1 and id = $2`,
  byName: `select ${columns} from people_y where directory = $1 and user_name_key = $2`,
  byAddress: `select ${columns} from people_y where directory = $1 and email_key = $2`,
  page: `select ${columns}, (select people from totals_y where directory = $1) as total
    from people_y where directory = $1 order by seq limit $2`,
  create: `with made as (
      insert into people_y (directory, id, user_name_key, email_key, resource, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $6) on conflict (directory, user_name_key) do nothing returning id
    ), counted as (update totals_y set people = people + 1 where directory = $1
    ), ${append('dsync.user.created', '$7', '$8', '$6', 'made')} ${announced}`,
  update: `with kept as (
      update people_y set resource = $3, updated_at = $4, version = version + 1
      where directory = $1 and id = $2 and version = $7 returning id
    ), ${append('dsync.user.updated', '$5', '$6', '$4', 'kept')} ${announced}`,
  createGroup: `with made as (insert into groups_y values ($1, $2, $3) returning id
    ), ${append('dsync.group.created', '$4', '$5', '$6', 'made')} ${announced}`,
  join: `with joined as (
      insert into members_y select $1, p.id from people_y p where p.directory = $2 and p.id = any ($3)
      on conflict do nothing returning user_id
    ), said as (select e.id, e.body from unnest($3::text[], $4::text[], $5::text[]) as e (person, id, body)
      join joined j on j.user_id = e.person
    ), ${append('dsync.group.user_added', 'said.id', 'said.body', '$6', 'said')} ${announced}`,
}

interface Person extends pg.QueryResultRow {
  readonly id: string
  readonly resource: string
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
  readonly total?: number
}

function run(name: keyof typeof statements, ...values: unknown[]): Promise<pg.QueryResult<Person>> {
  return pool.query<Person>({ name, text: statements[name], values })
}

const stamper = new Stamper(pool)

function eventText(id: string, event: string, at: Date, resource: string): string {
  return `{"object":"event","id":"${id}","event":"${event}","data":${resource},"created_at":"${at.toISOString()}"}`
}

/** The stored text with what the server adds to it. */
function shown({ id, resource, version, created_at: created, updated_at: modified }: Person): string {
  const meta = {
    resourceType: 'User',
    created,
    lastModified: modified,
    version: `W/"${version}"`,
    location: `/Users/${id}`,
  }
  return `{"id":"${id}","meta":${JSON.stringify(meta)},${resource.slice(1)}`
}

interface Body {
  readonly userName?: string
  readonly Operations?: readonly { readonly path?: string; readonly value: unknown }[]
}

async function readBody(request: IncomingMessage): Promise<Body> {
  return JSON.parse(await bodyOf(request)) as Body // the bench sends it
}

async function list(response: ServerResponse, directory: string, query: URLSearchParams): Promise<void> {
  const [, name = '', value = ''] = /^(\S+).* eq "(.*)"$/.exec(query.get('filter') ?? '') ?? []
  const { rows } = await (name === ''
    ? run('page', directory, Number(query.get('count')))
    : run(name === 'userName' ? 'byName' : 'byAddress', directory, value))
  const total = rows[0]?.total ?? rows.length
  send(response, 200, `{"totalResults":${total},"Resources":[${rows.map(shown).join(',')}]}`)
}

async function create(response: ServerResponse, directory: string, body: Body): Promise<void> {
  const now = new Date()
  const id = newId('directoryUser', now)
  const resource = JSON.stringify(body)
  const event = newId('event', now)
  const name = body.userName ?? ''
  const said = eventText(event, 'dsync.user.created', now, resource)
  const { rowCount } = await run('create', directory, id, name, name, resource, now, event, said)
  if (rowCount !== 1) return send(response, 409, '{}')
  stamper.wake()
  send(response, 201, shown({ id, resource, version: 1, created_at: now, updated_at: now }))
}

async function patchPerson(response: ServerResponse, directory: string, id: string, body: Body): Promise<void> {
  for (;;) {
    const { rows } = await run('byId', directory, id)
    const [person] = rows
    if (!person) return send(response, 404, '{}')
    const changes = (body.Operations ?? []).map(({ path = '', value }) => [path, value] as const)
    const resource = JSON.stringify({ ...JSON.parse(person.resource), ...Object.fromEntries(changes) })
    const now = new Date()
    const event = newId('event', now)
    const said = eventText(event, 'dsync.user.updated', now, resource)
    const { rowCount } = await run('update', directory, id, resource, now, event, said, person.version)
    if (rowCount !== 1) continue
    stamper.wake()
    return send(response, 200, shown({ ...person, resource, version: person.version + 1, updated_at: now }))
  }
}

async function createGroup(response: ServerResponse, directory: string, body: Body): Promise<void> {
  const now = new Date()
  const id = newId('directoryGroup', now)
  const resource = JSON.stringify(body)
  const event = newId('event', now)
  await run('createGroup', directory, id, resource, event, eventText(event, 'dsync.group.created', now, resource), now)
  stamper.wake()
  send(response, 201, `{"id":"${id}",${resource.slice(1)}`)
}

async function join(response: ServerResponse, directory: string, group: string, body: Body): Promise<void> {
  const now = new Date()
  const people = (body.Operations ?? []).flatMap(({ value }) => (value as { value: string }[]).map((one) => one.value)) // members
  const events = people.map(() => newId('event', now))
  const said = people.map((user, n) =>
    eventText(events[n] ?? '', 'dsync.group.user_added', now, JSON.stringify({ group, user })),
  )
  await run('join', group, directory, people, events, said, now)
  stamper.wake()
  response.writeHead(204).end()
}

/** Paths are `/{directory}/Users` and so on; a directory comes about by being filled. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const [, directory = '', kind = '', id = ''] = path.split('/')
  switch (`${request.method} ${kind}`) {
    case 'GET Users': {
      if (id === '') return list(response, directory, new URLSearchParams(query))
      const { rows } = await run('byId', directory, id)
      return rows[0] ? send(response, 200, shown(rows[0])) : send(response, 404, '{}')
    }
    case 'POST Users':
      return create(response, directory, await readBody(request))
    case 'PATCH Users':
      return patchPerson(response, directory, id, await readBody(request))
    case 'POST Groups':
      return createGroup(response, directory, await readBody(request))
    case 'PATCH Groups':
      return join(response, directory, id, await readBody(request))
    default:
      return send(response, 404, '{}')
  }
}

serveLean(answer)
