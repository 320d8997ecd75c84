import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'

interface S3Key {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

interface UnsignedRequest {
  readonly method: 'GET' | 'PUT'
  /** Without a query; nothing in its path needs to be escaped. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

type Source = string | ArrayBuffer | ArrayBufferView

/** What the signer hashes with; with a secret, what it signs with. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: Source) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(source: Source): void {
    this.#hash.update(bytesOf(source))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  /** The signer hashes one thing with each. */
  reset(): never {
    throw new Error('A hash is used once.')
  }
}

function bytesOf(source: Source): string | Uint8Array {
  if (typeof source === 'string') return source
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}

/**
 * The headers of a request with those that sign it for S3, by the signer of Amazon's own client.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export async function signForS3(
  { method, url, headers, body }: UnsignedRequest,
  { region, ...credentials }: S3Key,
  now: Date,
): Promise<Record<string, string>> {
  // Most servers write to no bucket.
  const { SignatureV4 } = await import('@smithy/signature-v4')
  // S3 does not encode paths twice, as other services do.
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false })
  const { hostname, pathname: path, protocol } = url
  const request = { method, protocol, hostname, path, headers: { ...headers, host: url.host }, body }
  const { host: _host, ...signed } = (await signer.sign(request, { signingDate: now })).headers
  return signed
}
