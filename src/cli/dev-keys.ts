import type { ChangeDeps } from '#db/work.ts'
import { type Bootstrapped, ensureApiKey } from '#domain/seeds/bootstrap.ts'
import { randomApiKey, readApiKeys, writeApiKeys } from './data-folder.ts'
import { exitCodes, Failure } from './failure.ts'

export interface DevKeys {
  readonly staging: string
  readonly production: string
}

/**
 * The API keys that every start on a data folder prints again: those it printed before, unless they were revoked.
 * @param pinned the staging key that was asked for.
 */
export async function ensureDevKeys(
  deps: ChangeDeps,
  folder: string,
  { staging, production }: Bootstrapped,
  pinned: string | undefined,
): Promise<DevKeys> {
  const known = await readApiKeys(folder)
  const wanted = {
    staging: pinned ?? known.staging ?? randomApiKey('staging'),
    production: known.production ?? randomApiKey('production'),
  }
  // Written before the database knows them: a crash in between must not leave a key that nobody can read any more.
  if (wanted.staging !== known.staging || wanted.production !== known.production) await writeApiKeys(folder, wanted)
  const works = {
    staging: await ensureApiKey(deps, staging, wanted.staging),
    production: await ensureApiKey(deps, production, wanted.production),
  }
  if (works.staging && works.production) return wanted
  if (!works.staging && pinned !== undefined) {
    await writeApiKeys(folder, { ...wanted, staging: known.staging ?? randomApiKey('staging') })
    throw new Failure(
      exitCodes.userError,
      'The API key that was asked for (--api-key) was revoked, or belongs to another environment. Choose another.',
    )
  }
  const fresh = {
    staging: works.staging ? wanted.staging : randomApiKey('staging'),
    production: works.production ? wanted.production : randomApiKey('production'),
  }
  await writeApiKeys(folder, fresh)
  await ensureApiKey(deps, staging, fresh.staging)
  await ensureApiKey(deps, production, fresh.production)
  return fresh
}
