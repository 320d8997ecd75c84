import { resolve } from 'node:path'
import { nearest } from '#domain/nearest.ts'

/** How a value is read from text. `base` is the folder that relative paths start from. */
interface SettingType<T> {
  readonly parse: (text: string, base: string) => T
  /** A switch needs no value as a flag, and has a `--no-` form. */
  readonly isSwitch?: true
}

export interface Setting<T = string | number | boolean | undefined> {
  /** The key in the file; with dashes, the flag. */
  readonly name: string
  /** Environment variables that set it, the strongest first. */
  readonly env: readonly string[]
  readonly type: SettingType<T>
  /** What the value counts or holds, for documentation. */
  readonly unit: string
  readonly default: T
  readonly doc: string
  /** How the value may be shown; settings without it are shown as they are. */
  readonly mask?: (text: string) => string
  /** Other users of the machine can read command lines, so no secret that lasts has a flag. */
  readonly noFlag?: true
}

const text: SettingType<string | undefined> = { parse: (value) => value }
const path: SettingType<string> = { parse: (value, base) => resolve(base, value) }
const optionalPath: SettingType<string | undefined> = path
const onOff: SettingType<boolean> = { parse: parseSwitch, isSwitch: true }
const port: SettingType<number> = { parse: parsePort }
const count: SettingType<number> = { parse: (value) => parseInteger(value, 1, 1000, 'a whole number') }
const days: SettingType<number | undefined> = {
  parse: (value) => parseInteger(value, 1, 36_500, 'a whole number of days'),
}
const emails: SettingType<string | undefined> = { parse: parseEmails }
const origin: SettingType<string | undefined> = { parse: parseOrigin }
const postgresUrl: SettingType<string | undefined> = { parse: parsePostgresUrl }
const smtpUrl: SettingType<string | undefined> = { parse: parseSmtpUrl }
const mailAddress: SettingType<string | undefined> = { parse: parseMailAddress }
const logLevel: SettingType<LogLevel | undefined> = { parse: (value) => parseOneOf(logLevels, value) }
const schedule: SettingType<Schedule> = { parse: (value) => parseOneOf(schedules, value) }
const role: SettingType<Role> = { parse: (value) => parseOneOf(roles, value) }

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

const roles = ['all', 'api', 'worker'] as const
export type Role = (typeof roles)[number]

const schedules = ['days', 'minutes'] as const
type Schedule = (typeof schedules)[number]

const hidden = () => '***'

/** Every setting, declared once: flags, environment, file, help and `config print` are derived from this table. */
export const settings = {
  port: define({
    name: 'port',
    env: ['GATEHOUSE_PORT', 'PORT'],
    type: port,
    unit: 'TCP port; 0 picks a free one',
    default: 4100,
    doc: 'Port to listen on',
  }),
  host: define({
    name: 'host',
    env: ['GATEHOUSE_HOST'],
    type: text,
    unit: 'address',
    default: undefined,
    doc: 'Address to listen on with start (0.0.0.0 unless set); dev always listens on loopback',
  }),
  data: define({
    name: 'data',
    env: ['GATEHOUSE_DATA'],
    type: path,
    unit: 'folder',
    default: '.gatehouse',
    doc: 'Where dev keeps its database and keys',
  }),
  databaseUrl: define({
    name: 'database_url',
    env: ['DATABASE_URL'],
    type: postgresUrl,
    unit: 'postgres:// URL',
    default: undefined,
    doc: 'PostgreSQL 15 or newer to use instead of the embedded one',
    mask: maskPassword,
    noFlag: true,
  }),
  poolSize: define({
    name: 'pool_size',
    env: ['GATEHOUSE_POOL_SIZE'],
    type: count,
    unit: 'connections',
    default: 10,
    doc: 'Most connections to the database at once',
  }),
  baseUrl: define({
    name: 'base_url',
    env: ['BASE_URL'],
    type: origin,
    unit: 'origin, such as https://sso.example.com',
    default: undefined,
    doc: 'Where browsers and identity providers reach this server',
  }),
  encryptionKey: define({
    name: 'encryption_key',
    env: ['GATEHOUSE_ENCRYPTION_KEY'],
    type: text,
    unit: '32 bytes in base64 or hex; several with commas, newest first',
    default: undefined,
    doc: 'Protects private keys in the database; dev makes one in the data folder',
    mask: hidden,
    noFlag: true,
  }),
  apiKey: define({
    name: 'api_key',
    env: ['GATEHOUSE_API_KEY'],
    type: text,
    unit: 'sk_… text',
    default: undefined,
    doc: 'API key of the staging environment in dev, instead of a random one',
    mask: hidden,
  }),
  scimToken: define({
    name: 'scim_token',
    env: ['GATEHOUSE_SCIM_TOKEN'],
    type: text,
    unit: 'bearer token of a directory',
    default: undefined,
    doc: 'What "gatehouse scim simulate" shows the server it calls',
    mask: hidden,
    noFlag: true,
  }),
  seed: define({
    name: 'seed',
    env: ['GATEHOUSE_SEED'],
    type: optionalPath,
    unit: 'file',
    default: undefined,
    doc: 'Seed file that dev applies at every start',
  }),
  example: define({
    name: 'example',
    env: ['GATEHOUSE_EXAMPLE'],
    type: onOff,
    unit: 'on or off',
    default: true,
    doc: 'Whether dev starts the example app',
  }),
  examplePort: define({
    name: 'example_port',
    env: ['GATEHOUSE_EXAMPLE_PORT'],
    type: port,
    unit: 'TCP port',
    default: 3000,
    doc: 'Port of the example app',
  }),
  migrate: define({
    name: 'migrate',
    env: ['GATEHOUSE_MIGRATE'],
    type: onOff,
    unit: 'on or off',
    default: true,
    doc: 'Whether start applies pending migrations; off, it refuses to run with any pending',
  }),
  role: define<Role>({
    name: 'role',
    env: ['GATEHOUSE_ROLE'],
    type: role,
    unit: roles.join(', '),
    default: 'all',
    doc: 'What start does: answer requests (api), do everything in the background (worker), or both',
  }),
  trustProxy: define({
    name: 'trust_proxy',
    env: ['GATEHOUSE_TRUST_PROXY'],
    type: onOff,
    unit: 'on or off',
    default: false,
    doc: 'Whether callers reach this server through one proxy that sets X-Forwarded-For',
  }),
  eventsRetentionDays: define({
    name: 'events_retention_days',
    env: ['GATEHOUSE_EVENTS_RETENTION_DAYS'],
    type: days,
    unit: 'days',
    default: undefined,
    doc: 'How long events can be read; for ever unless set',
  }),
  operatorEmails: define({
    name: 'operator_emails',
    env: ['GATEHOUSE_OPERATOR_EMAILS'],
    type: emails,
    unit: 'addresses with commas between',
    default: undefined,
    doc: 'Who is told by mail when something needs attention, such as a webhook endpoint that was switched off',
  }),
  stagingWebhookRetries: define<Schedule>({
    name: 'staging_webhook_retries',
    env: ['GATEHOUSE_STAGING_WEBHOOK_RETRIES'],
    type: schedule,
    unit: schedules.join(' or '),
    default: 'days',
    doc: 'How long webhooks of staging environments are tried again; those of production always for three days',
  }),
  logStreamFolder: define({
    name: 'log_stream_folder',
    env: ['GATEHOUSE_LOG_STREAM_FOLDER'],
    type: optionalPath,
    unit: 'folder',
    default: undefined,
    doc: 'Folder that log streams of type file may write below; without it there are none',
  }),
  datadogIntake: define({
    name: 'datadog_intake',
    env: ['GATEHOUSE_DATADOG_INTAKE'],
    type: origin,
    unit: 'origin, such as http://localhost:8126',
    default: undefined,
    doc: 'Where dev sends log streams to Datadog instead of there, to try them without an account',
    noFlag: true,
  }),
  smtpUrl: define({
    name: 'smtp_url',
    env: ['GATEHOUSE_SMTP_URL', 'SMTP_URL'],
    type: smtpUrl,
    unit: 'smtp:// or smtps:// URL',
    default: undefined,
    doc: 'Mail server that sends codes, links and invitations; without it dev keeps them in its mailbox',
    mask: maskPassword,
    noFlag: true,
  }),
  mailFrom: define({
    name: 'mail_from',
    env: ['GATEHOUSE_MAIL_FROM'],
    type: mailAddress,
    unit: 'address, or Name <address>',
    default: undefined,
    doc: 'Whom that mail comes from; needed with smtp_url',
  }),
  logLevel: define({
    name: 'log_level',
    env: ['GATEHOUSE_LOG_LEVEL'],
    type: logLevel,
    unit: logLevels.join(', '),
    default: undefined,
    doc: 'What is logged: info with start, errors with dev unless set',
  }),
  quiet: define({
    name: 'quiet',
    env: [],
    type: onOff,
    unit: 'on or off',
    default: false,
    doc: 'Print nothing but the address and errors',
  }),
  json: define({
    name: 'json',
    env: [],
    type: onOff,
    unit: 'on or off',
    default: false,
    doc: 'Print JSON for programs',
  }),
} as const

function define<T>(setting: Setting<T>): Setting<T> {
  return setting
}

export type SettingKey = keyof typeof settings
export type Config = { readonly [K in SettingKey]: (typeof settings)[K] extends Setting<infer T> ? T : never }

export const settingKeys = Object.keys(settings) as SettingKey[] // the table has no other keys

/** The value as people may see it. */
export function showSetting(key: SettingKey, config: Config): string {
  const value = config[key]
  if (value === undefined) return ''
  const setting: Setting = settings[key]
  return setting.mask ? setting.mask(String(value)) : String(value)
}

export function flagOf(key: SettingKey): string | undefined {
  const setting: Setting = settings[key]
  return setting.noFlag ? undefined : setting.name.replaceAll('_', '-')
}

function parseSwitch(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true
  if (/^(false|0|no|off)$/i.test(value)) return false
  throw new Error(`is "${value}"; it must be true or false.`)
}

function parsePort(value: string): number {
  // Kubernetes sets <SERVICE>_PORT for every service it knows, so a service named "gatehouse" sets ours.
  if (value.startsWith('tcp://'))
    throw new Error(
      `is "${value}", which Kubernetes sets for a service of that name. Set enableServiceLinks: false in the pod.`,
    )
  return parseInteger(value, 0, 65_535, 'a TCP port')
}

function parseInteger(value: string, least: number, most: number, what: string): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw new Error(`is "${value}"; it must be ${what} from ${least} to ${most}.`)
}

/** The addresses of `operator_emails`, one by one. */
export function emailsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
}

function parseEmails(value: string): string {
  const wrong = emailsOf(value).find((address) => !/^[^\s@<>]+@[^\s@<>]+$/.test(address))
  if (wrong === undefined) return value
  throw new Error(`holds "${wrong}", which is not an address.`)
}

function parseOrigin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(`is "${value}"; it must be a URL such as https://sso.example.com.`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new Error(`is "${value}"; it must be an origin alone: ${url.origin}`)
  return url.origin
}

function parsePostgresUrl(value: string): string {
  if (URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)) return value
  throw new Error('must be a URL such as postgres://user:password@host:5432/gatehouse.')
}

function parseSmtpUrl(value: string): string {
  if (URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol) && new URL(value).hostname !== '') return value
  throw new Error('must be a URL such as smtp://user:password@mail.example.com:587.')
}

function parseMailAddress(value: string): string {
  if (/^(?:[^<>@\r\n"]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(value)) return value
  throw new Error(`is "${value}"; it must be an address such as login@example.com, or Acme <login@example.com>.`)
}

function parseOneOf<T extends string>(allowed: readonly T[], value: string): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new Error(`is "${value}". Did you mean "${nearest(value, allowed)}"?`)
}

function maskPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):.*@/, '$1:***@').replace(/([?&]password=)[^&]*/, '$1***')
}
