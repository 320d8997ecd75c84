import type { Branding, BrandingSettings, BrandingUpdate } from '#contracts/branding.ts'
import type { Work } from '#db/work.ts'
import { differs } from '../differs.ts'
import { Invalid } from '../errors.ts'
import { presentBranding } from './brand.ts'
import { type Image, type ImageKind, imageKinds, readImage } from './images.ts'
import { changeSettings, completeSettings } from './settings.ts'

/** Fields left out keep their value. @throws Invalid for pictures and styles that are more than that. */
export async function saveBranding(work: Work, update: BrandingUpdate, baseUrl: string): Promise<Branding> {
  const row = await work.tx
    .selectFrom('brandings')
    .select(['settings', 'updated_at'])
    .where('environment_id', '=', work.environment)
    .forUpdate()
    .executeTakeFirst()
  const settings = changed(row?.settings ?? {}, update)
  const before = await imageHashes(work)
  const images = imagesOf(update).filter(([kind, image]) => image?.hash !== before[kind])
  if (images.length === 0 && !differs(completeSettings(row?.settings ?? {}), settings))
    return presentBranding({ settings, updated_at: row?.updated_at ?? null, images: before }, baseUrl)
  const stored = { settings: JSON.stringify(settings), updated_at: work.now }
  await work.tx
    .insertInto('brandings')
    .values({ environment_id: work.environment, ...stored })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(stored))
    .execute()
  for (const [kind, image] of images) await storeImage(work, kind, image)
  return presentBranding({ settings, updated_at: work.now, images: await imageHashes(work) }, baseUrl)
}

async function imageHashes(work: Work): Promise<Partial<Record<ImageKind, string>>> {
  const images = await work.tx
    .selectFrom('branding_images')
    .select(['kind', 'hash'])
    .where('environment_id', '=', work.environment)
    .execute()
  return Object.fromEntries(images.map(({ kind, hash }) => [kind, hash]))
}

/** @throws Invalid for styles that end the element they stand in. */
export function changed(stored: Partial<BrandingSettings>, update: BrandingUpdate): BrandingSettings {
  // The sheet stands in an element of the page; nothing that CSS needs begins like that.
  if (/<[/!]/.test(update.custom_css ?? ''))
    throw new Invalid([{ field: 'custom_css', code: 'custom_css must not contain </ or <!' }])
  return changeSettings(completeSettings(stored), update)
}

/** Pictures the update names: read, or null where one is taken away. */
export function imagesOf(update: BrandingUpdate): [ImageKind, Image | null][] {
  return imageKinds.flatMap((kind): [ImageKind, Image | null][] => {
    const given = update[kind]
    if (given === undefined) return []
    return [[kind, given === null ? null : readImage(kind, given)]]
  })
}

async function storeImage(work: Work, kind: ImageKind, image: Image | null): Promise<void> {
  if (image === null) {
    await work.tx
      .deleteFrom('branding_images')
      .where('environment_id', '=', work.environment)
      .where('kind', '=', kind)
      .execute()
    return
  }
  const stored = { hash: image.hash, media_type: image.mediaType, bytes: image.bytes }
  await work.tx
    .insertInto('branding_images')
    .values({ environment_id: work.environment, kind, ...stored })
    .onConflict((conflict) => conflict.columns(['environment_id', 'kind']).doUpdateSet(stored))
    .execute()
}
