import { randomBytes } from 'node:crypto'
import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { encodeBase32 } from '#protocols/totp.ts'
import { hashSecret } from '../environments/api-keys.ts'

const howMany = 10
/** Sixteen letters: 80 random bits, so that a fast hash protects them. */
const codeBytes = 10

/** Makes new codes for a person; the former ones stop working. They are shown now and never again. */
export async function createRecoveryCodes(work: Work, user: UserId): Promise<string[]> {
  const codes = Array.from({ length: howMany }, () => encodeBase32(randomBytes(codeBytes)).toLowerCase())
  await work.tx
    .deleteFrom('recovery_codes')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .execute()
  await work.tx
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ environment_id: work.environment, user_id: user, hash: hashSecret(code) })))
    .execute()
  return codes.map((code) => (code.match(/.{4}/g) ?? []).join('-'))
}

/** Whether text has the form of a recovery code; those of authenticator apps are digits. */
export function isRecoveryCode(text: string): boolean {
  return /^[a-z2-7]{16}$/.test(plain(text))
}

/** Uses a code up. @returns whether it was one of the person's and had not been used. */
export async function consumeRecoveryCode(work: Work, user: UserId, text: string): Promise<boolean> {
  const { numUpdatedRows } = await work.tx
    .updateTable('recovery_codes')
    .set({ used_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('hash', '=', hashSecret(plain(text)))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function plain(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toLowerCase()
}
