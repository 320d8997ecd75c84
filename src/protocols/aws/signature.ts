import { createHash, createHmac } from 'node:crypto'

export interface SigningKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
}

export interface UnsignedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers of a request with those that sign it: `x-amz-date`, `x-amz-content-sha256` and `authorization`. Signs every
 * header it is given and the host; the query is not part of any request of ours and must be empty.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signRequest(request: UnsignedRequest, key: SigningKey, now: Date): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const contentHash = sha256(request.body)
  const headers = { ...request.headers, 'x-amz-content-sha256': contentHash, 'x-amz-date': time }
  const signed = Object.entries({ ...headers, host: request.url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, ' ')] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const canonical = [
    request.method,
    canonicalPath(request.url),
    '',
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    contentHash,
  ].join('\n')
  const scope = [time.slice(0, 8), key.region, key.service, 'aws4_request']
  const toSign = [algorithm, time, scope.join('/'), sha256(canonical)].join('\n')
  const signature = hmac(scope.reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`), toSign).toString('hex')
  const credential = `${key.accessKeyId}/${scope.join('/')}`
  return {
    ...headers,
    authorization: `${algorithm} Credential=${credential},SignedHeaders=${names},Signature=${signature}`,
  }
}

/** Each octet but the unreserved ones and the slash in percent form, once: S3 does not encode twice. */
function canonicalPath({ pathname }: URL): string {
  return pathname
    .split('/')
    .map((segment) =>
      encodeURIComponent(decodeURIComponent(segment)).replaceAll(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/')
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
