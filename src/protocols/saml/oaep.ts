import { hash, randomBytes } from 'node:crypto'

export type OaepHash = 'sha1' | 'sha256'

/** The two hashes of RSA-OAEP. OpenSSL takes them apart, but Node cannot say so; where they differ, this file steps in. */
export interface KeyTransport {
  readonly digest: OaepHash
  readonly mask: OaepHash
}

/**
 * RFC 8017 §7.1.2 step 3. The faults are gathered and judged at the end, so that they take equally long; undefined for
 * any of them.
 */
export function removeOaep(encoded: Buffer, { digest, mask }: KeyTransport): Buffer | undefined {
  const emptyLabel = hash(digest, '', 'buffer')
  const length = emptyLabel.length
  const maskedSeed = encoded.subarray(1, 1 + length)
  const maskedBlock = encoded.subarray(1 + length)
  const seed = exclusiveOr(maskedSeed, mgf1(maskedBlock, length, mask))
  const block = exclusiveOr(maskedBlock, mgf1(seed, maskedBlock.length, mask))

  let fault = encoded[0] ?? 1
  for (let at = 0; at < length; at += 1) fault |= (block[at] ?? 0) ^ (emptyLabel[at] ?? 0)
  let separator = 0
  for (let at = length; at < block.length; at += 1) {
    const byte = block[at] ?? 0
    if (separator === 0) {
      if (byte === 1) separator = at
      else fault |= byte
    }
  }
  return fault === 0 && separator > 0 ? block.subarray(separator + 1) : undefined
}

/** RFC 8017 §7.1.1 step 2. @param size of the key, in bytes */
export function addOaep(message: Buffer, size: number, { digest, mask }: KeyTransport): Buffer {
  const emptyLabel = hash(digest, '', 'buffer')
  const length = emptyLabel.length
  const block = Buffer.alloc(size - length - 1)
  emptyLabel.copy(block)
  block[block.length - message.length - 1] = 1
  message.copy(block, block.length - message.length)
  const seed = randomBytes(length)
  const maskedBlock = exclusiveOr(block, mgf1(seed, block.length, mask))
  return Buffer.concat([Buffer.of(0), exclusiveOr(seed, mgf1(maskedBlock, length, mask)), maskedBlock])
}

/** RFC 8017 §B.2.1. */
function mgf1(seed: Buffer, length: number, mask: OaepHash): Buffer {
  const blocks: Buffer[] = []
  for (let counter = 0, made = 0; made < length; counter += 1) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(counter)
    const block = hash(mask, Buffer.concat([seed, number]), 'buffer')
    made += block.length
    blocks.push(block)
  }
  return Buffer.concat(blocks).subarray(0, length)
}

function exclusiveOr(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)))
}
