import { readFile } from 'node:fs/promises'

let known: Promise<ReadonlySet<string>> | undefined

/**
 * Whether a password is among those that attackers try first, in any case. Only those of eight characters and more are in
 * the list: shorter ones are always refused.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  known ??= readList()
  return (await known).has(password.toLowerCase())
}

/** From the list of zxcvbn-ts; its license lies beside it. Nothing is asked elsewhere. */
async function readList(): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL('common-passwords.txt', import.meta.url), 'utf8')
  return new Set(text.trimEnd().split('\n'))
}
