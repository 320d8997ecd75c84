import type { Branding, BrandingSettings } from '#contracts/branding.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import type { ImageKind } from './images.ts'
import { completeSettings, type Shown, shownColors } from './settings.ts'

/** An environment's look, ready to be shown. */
export interface Brand {
  readonly settings: BrandingSettings
  readonly colors: Shown
  /** Paths of pictures, below our base URL, or data URLs of pictures that are not saved. */
  readonly images: Readonly<Partial<Record<ImageKind, string>>>
}

interface Stored {
  readonly settings: Partial<BrandingSettings> | null
  readonly updated_at: Date | null
  readonly images: Readonly<Partial<Record<ImageKind, string>>>
}

const find = prepared<[EnvironmentId], Stored>(
  'branding',
  `select (select settings from brandings where environment_id = $1) as settings,
     (select updated_at from brandings where environment_id = $1) as updated_at,
     (select coalesce(json_object_agg(kind, hash), '{}') from branding_images where environment_id = $1) as images`,
)

export function imagePath(hash: string): string {
  return `/authkit/images/${hash}`
}

export async function readStoredBranding(db: Database, environment: EnvironmentId): Promise<Stored> {
  const [stored] = await find(db.lookUps, environment)
  return stored ?? { settings: null, updated_at: null, images: {} }
}

export function brandOf(settings: Partial<BrandingSettings> | null, images: Brand['images']): Brand {
  const complete = completeSettings(settings ?? {})
  return { settings: complete, colors: shownColors(complete), images }
}

/** Where there is no environment to ask. */
export const plainBrand = brandOf(null, {})

export async function readBrand(db: Database, environment: EnvironmentId): Promise<Brand> {
  const { settings, images } = await readStoredBranding(db, environment)
  return brandOf(settings, pathsOf(images))
}

function pathsOf(hashes: Stored['images']): Brand['images'] {
  return Object.fromEntries(Object.entries(hashes).map(([kind, hash]) => [kind, imagePath(hash)]))
}

export function presentBranding(stored: Stored, baseUrl: string): Branding {
  const { settings, colors } = brandOf(stored.settings, {})
  const url = (kind: ImageKind) => {
    const hash = stored.images[kind]
    return hash === undefined ? null : baseUrl + imagePath(hash)
  }
  return {
    object: 'branding',
    ...settings,
    logo_url: url('logo'),
    logo_icon_url: url('logo_icon'),
    favicon_url: url('favicon'),
    adjustments: [...colors.adjustments],
    updated_at: stored.updated_at?.toISOString() ?? null,
  }
}

export async function readImageByHash(
  db: Database,
  hash: string,
): Promise<{ readonly media_type: string; readonly bytes: Buffer } | undefined> {
  return db.kysely
    .selectFrom('branding_images')
    .select(['media_type', 'bytes'])
    .where('hash', '=', hash)
    .limit(1)
    .executeTakeFirst()
}
