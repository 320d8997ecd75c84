/**
 * What a sign-in costs without a product around it: node:http, pg and prepared statements, the same verification and the
 * same durable writes, and nothing else — no contracts, no attempts with timelines, no replay table, no second event, no
 * error pages, no limits. Something to hold Gatehouse against, not something to run. Started by the sign-in bench.
 */
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import pg from 'pg'
import { newId } from '#db/new-id.ts'
import { authnRequest } from '#protocols/saml/authn-request.ts'
import { redirectUrl } from '#protocols/saml/bindings.ts'
import { readResponse, verifyResponse } from '#protocols/saml/response.ts'
import { childOptions } from './child.ts'
import { bodyOf, send, serveLean } from './lean-server.ts'
import { Stamper } from './stamper.ts'

export interface YardstickOptions {
  readonly databaseUrl: string
  readonly idp: { readonly entityId: string; readonly ssoUrl: string; readonly certificate: string }
}

export interface YardstickReady {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly connection: string
}

const { databaseUrl, idp } = childOptions<YardstickOptions>()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, options: '-c jit=off' })
const baseUrl = 'http://yardstick.test'
const environment = 'environment_yardstick'
const certificate = new X509Certificate(Buffer.from(idp.certificate, 'base64'))
const clientId = 'client_yardstick'
const clientSecret = randomBytes(24).toString('base64url')
const connection = 'conn_yardstick'

await pool.query(`
  create table connections_y (id text primary key, client_id text, secret_hash bytea, redirect_uri text, sso_url text);
  create table logins_y (relay_hash bytea primary key, request_id text not null, connection text not null,
    redirect_uri text not null, app_state text, ip_address text, user_agent text, created_at timestamptz not null,
    expires_at timestamptz not null, used_at timestamptz);
  create table profiles_y (id text primary key, connection text not null, idp_id text not null, body text not null,
    updated_at timestamptz not null, unique (connection, idp_id));
  create table codes_y (hash bytea primary key, profile_id text not null, body text not null,
    expires_at timestamptz not null, redeemed_at timestamptz);
  create table tokens_y (hash bytea primary key, profile_id text not null, body text not null,
    expires_at timestamptz not null)`)
await pool.query('insert into connections_y values ($1, $2, $3, $4, $5)', [
  connection,
  clientId,
  sha256(clientSecret),
  'http://localhost:3000/callback',
  idp.ssoUrl,
])

const statements = {
  connection: 'select redirect_uri, sso_url from connections_y where id = $1 and client_id = $2',
  login: `insert into logins_y (relay_hash, request_id, connection, redirect_uri, app_state, ip_address, user_agent,
      created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  open: 'select request_id, redirect_uri, app_state from logins_y where relay_hash = $1 and used_at is null and expires_at > $2',
  finish: `with used as (
      update logins_y set used_at = $2 where relay_hash = $1 and used_at is null returning connection
    ), person as (
      insert into profiles_y (id, connection, idp_id, body, updated_at) select $3, connection, $4, $5, $2 from used
      on conflict (connection, idp_id) do update set body = excluded.body, updated_at = excluded.updated_at returning id
    ), code as (
      insert into codes_y (hash, profile_id, body, expires_at) select $6, id, $5, $7 from person returning 1
    ), event as (
      insert into events (environment_id, id, type, body, created_at)
      select '${environment}', $8, 'authentication.sso_succeeded', $9, $2 from code
      returning seq, environment_id, type, created_at
    )
    insert into event_pending (seq, environment_id, type, created_at) select * from event`,
  redeem: `with redeemed as (
      update codes_y set redeemed_at = $2 where hash = $1 and redeemed_at is null and expires_at > $2
        and exists (select from connections_y where client_id = $3 and secret_hash = $4)
      returning profile_id, body
    )
    insert into tokens_y (hash, profile_id, body, expires_at) select $5, profile_id, body, $6 from redeemed
    returning profile_id, body`,
  profile: 'select profile_id, body from tokens_y where hash = $1 and expires_at > $2',
}

function run<Row extends pg.QueryResultRow>(name: keyof typeof statements, ...values: unknown[]) {
  return pool.query<Row>({ name, text: statements[name], values })
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

const stamper = new Stamper(pool)

async function authorize(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { rows } = await run<{ redirect_uri: string; sso_url: string }>(
    'connection',
    query.get('connection'),
    query.get('client_id'),
  )
  const [found] = rows
  if (!found || found.redirect_uri !== query.get('redirect_uri')) return send(response, 400, '{}')
  const now = new Date()
  const id = `_${randomBytes(20).toString('hex')}`
  const relayState = randomBytes(24).toString('base64url')
  await run(
    'login',
    sha256(relayState),
    id,
    connection,
    found.redirect_uri,
    query.get('state'),
    request.socket.remoteAddress,
    request.headers['user-agent'],
    now,
    new Date(now.getTime() + 600_000),
  )
  const xml = authnRequest({
    id,
    issueInstant: now,
    destination: found.sso_url,
    acsUrl: `${baseUrl}/acs`,
    spEntityId: baseUrl,
    forceAuthn: false,
  })
  response.writeHead(302, { location: redirectUrl(found.sso_url, 'SAMLRequest', xml, relayState, undefined) }).end()
}

async function acs(form: URLSearchParams, response: ServerResponse): Promise<void> {
  const now = new Date()
  const relayHash = sha256(form.get('RelayState') ?? '')
  const { rows } = await run<{ request_id: string; redirect_uri: string; app_state: string | null }>(
    'open',
    relayHash,
    now,
  )
  const [login] = rows
  const read = readResponse(form.get('SAMLResponse') ?? '')
  if (!login || !read.ok) return send(response, 400, '{}')
  const verified = verifyResponse(read.value, {
    idpEntityId: idp.entityId,
    keys: [{ key: certificate.publicKey, fingerprint: certificate.fingerprint256 }],
    spEntityId: baseUrl,
    acsUrl: `${baseUrl}/acs`,
    requestId: login.request_id,
    now,
    clockSkewSeconds: 180,
    requireSignedResponse: false,
    allowSha1: false,
    decryptionKeys: [],
  })
  if (!verified.ok) return send(response, 400, '{}')
  const { attributes, nameId } = verified.value
  const first = (name: string) => attributes.get(name)?.[0] ?? null
  const body = JSON.stringify({
    connection_id: connection,
    email: first('email'),
    first_name: first('firstName'),
    last_name: first('lastName'),
    idp_id: first('id') ?? nameId,
    groups: attributes.get('groups') ?? [],
  })
  const code = randomBytes(24).toString('base64url')
  const event = newId('event', now)
  const { rowCount } = await run(
    'finish',
    relayHash,
    now,
    newId('profile', now),
    first('id') ?? nameId,
    body,
    sha256(code),
    new Date(now.getTime() + 600_000),
    event,
    JSON.stringify({
      object: 'event',
      id: event,
      event: 'authentication.sso_succeeded',
      data: { type: 'sso', status: 'succeeded', email: first('email') },
      created_at: now.toISOString(),
    }),
  )
  if (rowCount !== 1) return send(response, 400, '{}')
  stamper.wake()
  const query = new URLSearchParams({ code, ...(login.app_state !== null && { state: login.app_state }) })
  response.writeHead(302, { location: `${login.redirect_uri}?${query.toString()}` }).end()
}

async function token(form: URLSearchParams, response: ServerResponse): Promise<void> {
  const now = new Date()
  const accessToken = randomBytes(24).toString('base64url')
  const { rows } = await run<{ profile_id: string; body: string }>(
    'redeem',
    sha256(form.get('code') ?? ''),
    now,
    form.get('client_id'),
    sha256(form.get('client_secret') ?? ''),
    sha256(accessToken),
    new Date(now.getTime() + 600_000),
  )
  const [found] = rows
  if (!found) return send(response, 400, '{}')
  const profile = { object: 'profile', id: found.profile_id, ...JSON.parse(found.body) }
  send(response, 200, JSON.stringify({ token_type: 'Bearer', access_token: accessToken, expires_in: 600, profile }))
}

async function profile(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bearer = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const { rows } = await run<{ profile_id: string; body: string }>('profile', sha256(bearer), new Date())
  const [found] = rows
  if (!found) return send(response, 401, '{}')
  send(response, 200, JSON.stringify({ object: 'profile', id: found.profile_id, ...JSON.parse(found.body) }))
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  if (path === '/sso/authorize') return authorize(new URLSearchParams(query), request, response)
  if (path === '/acs') return acs(new URLSearchParams(await bodyOf(request)), response)
  if (path === '/sso/token') return token(new URLSearchParams(await bodyOf(request)), response)
  if (path === '/sso/profile') return profile(request, response)
  send(response, 404, '{}')
}

serveLean(answer, { clientId, clientSecret, connection } satisfies Omit<YardstickReady, 'url'>)
