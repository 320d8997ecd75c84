import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { S3Settings } from '#contracts/log-streams.ts'
import type { BatchRequest, Explain } from './http-destination.ts'
import { toLines } from './https.ts'
import type { LogEvent } from './outlets.ts'
import { signForS3 } from './s3-signature.ts'

const compress = promisify(gzip)

/**
 * A batch as one object. Its key comes from its first event alone: a batch that is sent again, after a crash, replaces the
 * object it made before, with the same events or more of them.
 */
export async function s3Request(
  events: readonly LogEvent[],
  settings: S3Settings,
  secretAccessKey: string,
  stream: { readonly environment: string; readonly id: string; readonly now: Date },
): Promise<BatchRequest> {
  const url = new URL(`${originOf(settings)}/${keyOf(events, settings, stream)}`)
  const body = await compress(toLines(events))
  const { access_key_id: accessKeyId, region } = settings
  const headers = await signForS3(
    { method: 'PUT', url, headers: { 'content-type': 'application/gzip' }, body },
    { accessKeyId, secretAccessKey, region },
    stream.now,
  )
  return { method: 'PUT', url: url.href, headers, body, gzip: false }
}

/** A name with dots does not fit into the vendor's certificate, so it goes into the path. */
function originOf({ endpoint, bucket, region }: S3Settings): string {
  if (endpoint !== null) return `${endpoint.replace(/\/+$/, '')}/${bucket}`
  const host = `s3.${region}.amazonaws.com`
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`
}

function keyOf(
  [first]: readonly LogEvent[],
  { prefix }: S3Settings,
  { environment, id }: { readonly environment: string; readonly id: string },
): string {
  const time = (first?.created_at ?? new Date(0)).toISOString()
  const day = time.slice(0, 10).replaceAll('-', '/')
  const clock = time.slice(11, 23).replaceAll(/[:.]/g, '')
  return `${prefix}${environment}/${id}/${day}/${clock}-${first?.id ?? 'empty'}.ndjson.gz`
}

/** What S3 means is in the code of its answer. */
export function explainS3({ bucket, region }: S3Settings): Explain {
  return (status, body) => {
    if (status >= 200 && status < 300) return undefined
    const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1]
    const meanings: Readonly<Record<string, string>> = {
      AccessDenied: `the access key may not write there. Allow it s3:PutObject on arn:aws:s3:::${bucket}/*.`,
      InvalidAccessKeyId: 'it does not know the access key id. It may have been deleted.',
      SignatureDoesNotMatch: 'the secret access key is not that of the access key id. Copy both again.',
      RequestTimeTooSkewed: 'the clock of this server is wrong.',
      NoSuchBucket: `there is no bucket '${bucket}'.`,
      PermanentRedirect: `the bucket '${bucket}' is in another region than ${region}.`,
      AuthorizationHeaderMalformed: `the bucket '${bucket}' is in another region than ${region}.`,
      SlowDown: 'it asks for less; the stream waits and loses nothing.',
    }
    const meaning = code === undefined ? undefined : meanings[code]
    return meaning === undefined ? undefined : `S3 answered ${status}, ${code}: ${meaning}`
  }
}
