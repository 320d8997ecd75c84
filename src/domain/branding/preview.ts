import { randomBytes } from 'node:crypto'
import type { BrandingSettings, BrandingUpdate } from '#contracts/branding.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { type Brand, brandOf, imagePath } from './brand.ts'
import { changed, imagesOf } from './save.ts'
import type { ImageKind } from './images.ts'
import { shownColors } from './settings.ts'

const previewLifetimeMs = 60 * 60_000

export interface Preview {
  readonly token: string
  readonly adjustments: ReturnType<typeof shownColors>['adjustments']
  readonly expiresAt: Date
}

/** Keeps a look for an hour without using it; whoever has the token can see it. @throws Invalid as saving it would. */
export async function createPreview(work: Work, update: BrandingUpdate): Promise<Preview> {
  const row = await work.tx
    .selectFrom('brandings')
    .select('settings')
    .where('environment_id', '=', work.environment)
    .executeTakeFirst()
  const settings = changed(row?.settings ?? {}, update)
  const images = Object.fromEntries(
    imagesOf(update).map(([kind, image]) => [
      kind,
      image && `data:${image.mediaType};base64,${image.bytes.toString('base64')}`,
    ]),
  )
  const token = randomBytes(24).toString('base64url')
  const expiresAt = new Date(work.now.getTime() + previewLifetimeMs)
  await work.tx
    .insertInto('branding_previews')
    .values({
      hash: hashSecret(token),
      environment_id: work.environment,
      settings: JSON.stringify(settings),
      images: JSON.stringify(images),
      expires_at: expiresAt,
    })
    .execute()
  return { token, adjustments: shownColors(settings).adjustments, expiresAt }
}

interface StoredPreview {
  readonly settings: BrandingSettings
  readonly drafts: Readonly<Partial<Record<ImageKind, string | null>>>
  readonly saved: Readonly<Partial<Record<ImageKind, string>>>
}

const find = prepared<[Buffer, Date], StoredPreview>(
  'branding-preview',
  `select p.settings, p.images as drafts, (select coalesce(json_object_agg(i.kind, i.hash), '{}') from branding_images i
     where i.environment_id = p.environment_id) as saved
   from branding_previews p where p.hash = $1 and p.expires_at > $2`,
)

export async function readPreview(db: Database, token: string, now: Date): Promise<Brand | undefined> {
  const [row] = await find(db.pool, hashSecret(token), now)
  if (!row) return undefined
  const saved = Object.entries(row.saved).map(([kind, hash]) => [kind, imagePath(hash)] as const)
  const images = Object.entries({ ...Object.fromEntries(saved), ...row.drafts }).filter(([, path]) => path !== null)
  return brandOf(row.settings, Object.fromEntries(images) as Brand['images']) // nulls are left out
}
