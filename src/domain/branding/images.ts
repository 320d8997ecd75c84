import { createHash } from 'node:crypto'
import { Invalid } from '../errors.ts'
import { decodeUtf8 } from '#protocols/xml/read.ts'
import { unsafeSvg } from './svg.ts'

export const imageKinds = ['logo', 'logo_icon', 'favicon'] as const
export type ImageKind = (typeof imageKinds)[number]

export interface Image {
  readonly hash: string
  readonly mediaType: string
  readonly bytes: Buffer
}

const maxBytes = 100 * 1024

/** What the bytes are, whatever they are said to be. */
const signatures: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  'image/png': (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  'image/jpeg': (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/svg+xml': () => true,
}

/** @throws Invalid for anything but a small PNG, JPEG, or SVG that only draws. */
export function readImage(kind: ImageKind, dataUrl: string): Image {
  const [, mediaType = '', base64 = ''] = /^data:([a-z+/]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(dataUrl) ?? []
  const isThat = signatures[mediaType]
  if (!isThat) throw refuse(kind, 'must be a data URL of a PNG, JPEG or SVG picture: data:image/png;base64,…')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > maxBytes)
    throw refuse(kind, `has ${Math.ceil(bytes.length / 1024)} kB; 100 kB is the most a picture may have`)
  if (!isThat(bytes)) throw refuse(kind, `is called ${mediaType}, and its bytes are something else`)
  if (mediaType === 'image/svg+xml') {
    const text = decodeUtf8(bytes)
    const problem = text === null ? 'is not UTF-8 text' : unsafeSvg(text)
    if (problem !== undefined) throw refuse(kind, problem)
  }
  return { hash: createHash('sha256').update(bytes).digest('base64url'), mediaType, bytes }
}

function refuse(kind: ImageKind, problem: string): Invalid {
  return new Invalid([{ field: kind, code: `${kind} ${problem}` }])
}
