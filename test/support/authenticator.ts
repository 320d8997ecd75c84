import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What a browser adds of its own, and an attacker would like to choose. */
export interface Forgery {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly counter?: number
  readonly userVerified?: boolean
  readonly userHandle?: string
  readonly id?: string
}

/** An authenticator with one passkey, and the browser before it: enough to sign what it is asked, and what it is not. */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url')
  readonly #origin: string
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  #userHandle = ''
  counter = 0

  constructor(origin: string) {
    this.#origin = origin
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    ;[this.#privateKey, this.#publicKey] = [privateKey, publicKey]
  }

  /** `navigator.credentials.create()` */
  create(
    options: {
      readonly challenge: string
      readonly rp: { readonly id?: string }
      readonly user: { readonly id: string }
    },
    forgery: Forgery = {},
  ): string {
    this.#userHandle = options.user.id
    const id = Buffer.from(forgery.id ?? this.id, 'base64url')
    const attested = [Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id, this.#coseKey()]
    const authData = Buffer.concat([this.#head(options.rp.id ?? '', 0x40, forgery), ...attested])
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      cborText('fmt'),
      cborText('none'),
      cborText('attStmt'),
      Buffer.from([0xa0]),
      cborText('authData'),
      cborBytes(authData),
    ])
    return this.#answer(forgery, {
      clientDataJSON: this.#clientData('webauthn.create', options.challenge, forgery).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    })
  }

  /** `navigator.credentials.get()` */
  get(options: { readonly challenge: string; readonly rpId: string }, forgery: Forgery = {}): string {
    const authenticatorData = this.#head(options.rpId, 0, forgery)
    const clientData = this.#clientData('webauthn.get', options.challenge, forgery)
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()])
    return this.#answer(forgery, {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.#privateKey).toString('base64url'),
      userHandle: forgery.userHandle ?? this.#userHandle,
    })
  }

  #answer({ id = this.id }: Forgery, response: object): string {
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response })
  }

  #clientData(type: string, challenge: string, forgery: Forgery): Buffer {
    const { origin = this.#origin } = forgery
    return Buffer.from(JSON.stringify({ type, challenge: forgery.challenge ?? challenge, origin, crossOrigin: false }))
  }

  /** WebAuthn §6.1: whose, flags, counter. */
  #head(rpId: string, flags: number, { rpId: other, counter, userVerified = true }: Forgery): Buffer {
    this.counter = counter ?? this.counter + 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(this.counter)
    const hash = createHash('sha256')
      .update(other ?? rpId)
      .digest()
    return Buffer.concat([hash, Buffer.from([flags | 0x01 | (userVerified ? 0x04 : 0)]), count])
  }

  /** RFC 9053 §7.1.1: EC2, ES256, P-256. */
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#publicKey.export({ format: 'jwk' })
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      cborBytes(Buffer.from(x, 'base64url')),
      Buffer.from([0x22]),
      cborBytes(Buffer.from(y, 'base64url')),
    ])
  }
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
}

function cborBytes(bytes: Buffer): Buffer {
  const { length } = bytes
  return Buffer.concat([
    length < 256 ? Buffer.from([0x58, length]) : Buffer.from([0x59, length >> 8, length & 255]),
    bytes,
  ])
}
