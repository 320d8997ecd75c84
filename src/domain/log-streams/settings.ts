import type { LogStreamCreate, LogStreamType, LogStreamUpdate } from '#contracts/log-streams.ts'
import { Invalid } from '../errors.ts'
import type { DestinationParts } from './destinations.ts'

export interface DestinationRules {
  /** Development only: plain http and private addresses. */
  readonly allowPrivate: boolean
  readonly allowFiles: boolean
}

type Configure<T extends LogStreamType> = (
  input: LogStreamUpdate,
  before: DestinationParts[T] | undefined,
  rules: DestinationRules,
) => DestinationParts[T]

/** What the caller said, laid over what was there; a contract check has made sure that a new one is complete. */
const configure: { readonly [T in LogStreamType]: Configure<T> } = {
  datadog: ({ datadog = {} }, before) => {
    const apiKey = datadog.api_key ?? before?.credentials.api_key ?? ''
    return {
      settings: {
        site: datadog.site ?? before?.settings.site ?? 'US1',
        api_key_last_four: lastFour(apiKey),
        service: datadog.service ?? before?.settings.service ?? 'gatehouse',
        source: datadog.source ?? before?.settings.source ?? 'workos',
        tags: datadog.tags ?? before?.settings.tags ?? [],
      },
      credentials: { api_key: apiKey },
    }
  },
  https: ({ https = {} }, before, rules) => {
    const url = https.url ?? before?.settings.url ?? ''
    const headers = https.headers ?? before?.credentials.headers ?? {}
    checkUrl('https.url', url, rules)
    checkHeaders(Object.keys(headers))
    return {
      settings: {
        url,
        format: https.format ?? before?.settings.format ?? 'ndjson',
        compress: https.compress ?? before?.settings.compress ?? false,
        header_names: Object.keys(headers),
      },
      credentials: { headers },
    }
  },
  splunk: ({ splunk = {} }, before, rules) => {
    const url = splunk.url ?? before?.settings.url ?? ''
    const token = splunk.token ?? before?.credentials.token ?? ''
    checkUrl('splunk.url', url, rules)
    return {
      settings: {
        url,
        token_last_four: lastFour(token),
        index: splunk.index ?? before?.settings.index ?? null,
        source: splunk.source ?? before?.settings.source ?? 'gatehouse',
        sourcetype: splunk.sourcetype ?? before?.settings.sourcetype ?? '_json',
      },
      credentials: { token },
    }
  },
  s3: ({ s3 = {} }, before, rules) => {
    const endpoint = s3.endpoint === undefined ? (before?.settings.endpoint ?? null) : s3.endpoint
    if (endpoint !== null) checkUrl('s3.endpoint', endpoint, rules)
    return {
      settings: {
        bucket: s3.bucket ?? before?.settings.bucket ?? '',
        region: s3.region ?? before?.settings.region ?? '',
        endpoint,
        prefix: s3.prefix ?? before?.settings.prefix ?? '',
        access_key_id: s3.access_key_id ?? before?.settings.access_key_id ?? '',
      },
      credentials: { secret_access_key: s3.secret_access_key ?? before?.credentials.secret_access_key ?? '' },
    }
  },
  file: ({ file }, before, { allowFiles }) => {
    if (!allowFiles)
      throw refuse(
        'file',
        'file_streams_disabled',
        'The operator has to name a folder for log stream files first (log_stream_folder).',
      )
    return { settings: { name: file?.name ?? before?.settings.name ?? 'events.ndjson' }, credentials: {} }
  },
  stdout: () => ({ settings: {}, credentials: {} }),
}

const kinds = ['datadog', 'https', 'splunk', 's3', 'file'] as const

/** @throws Invalid when the destination is missing, of another type, or not allowed. */
export function newDestination(input: LogStreamCreate, rules: DestinationRules): DestinationParts[LogStreamType] {
  const { type } = input
  if (type !== 'stdout' && input[type] === undefined)
    throw refuse(type, 'destination_required', `A stream of type '${type}' needs '${type}'.`)
  checkOnly(type, input)
  return configured(type, input, undefined, rules)
}

export function changedDestination(
  type: LogStreamType,
  input: LogStreamUpdate,
  before: DestinationParts[LogStreamType],
  rules: DestinationRules,
): DestinationParts[LogStreamType] {
  checkOnly(type, input)
  // A file stream goes on being paused and renamed where new ones are not allowed.
  return type === 'file' && input.file === undefined ? before : configured(type, input, before, rules)
}

function configured(
  type: LogStreamType,
  input: LogStreamUpdate,
  before: DestinationParts[LogStreamType] | undefined,
  rules: DestinationRules,
): DestinationParts[LogStreamType] {
  // The row and the entry are of the same type, which TypeScript cannot see through the index.
  return (configure[type] as Configure<LogStreamType>)(input, before, rules)
}

function checkOnly(type: LogStreamType, input: LogStreamUpdate): void {
  const other = kinds.find((kind) => kind !== type && input[kind] !== undefined)
  if (other)
    throw refuse(other, 'destination_mismatch', `This stream is of type '${type}'; make another one for '${other}'.`)
}

/** Four of many characters tell keys apart and no more; of a short secret they would be most of it. */
function lastFour(secret: string): string {
  return secret.length >= 16 ? secret.slice(-4) : ''
}

function checkUrl(field: string, text: string, { allowPrivate }: DestinationRules): void {
  const url = URL.parse(text)
  const schemes = allowPrivate ? ['https:', 'http:'] : ['https:']
  if (url && schemes.includes(url.protocol) && url.username === '' && url.password === '') return
  throw refuse(field, 'invalid_url', `'${text.slice(0, 200)}' must be an https URL without a user name.`)
}

/** Those that frame the message are ours to set: another's would let a caller smuggle a second request. */
const ownHeaders =
  /^(?:host|connection|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/i
const maxHeaders = 20

function checkHeaders(names: readonly string[]): void {
  if (names.length > maxHeaders)
    throw refuse('https.headers', 'invalid_header', `At most ${maxHeaders} headers can be set.`)
  const bad = names.find((name) => !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name) || ownHeaders.test(name))
  if (bad !== undefined)
    throw refuse('https.headers', 'invalid_header', `The header '${bad.slice(0, 100)}' cannot be set.`)
}

function refuse(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }], code)
}
