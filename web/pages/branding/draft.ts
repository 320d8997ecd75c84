import type { Branding, BrandingSettings, BrandingUpdate } from '#contracts/branding.ts'

export const imageKinds = ['logo', 'logo_icon', 'favicon'] as const
export type ImageKind = (typeof imageKinds)[number]

/** What is typed, and the pictures that were chosen or taken away; a picture that is left out stays. */
export interface Draft extends BrandingSettings {
  readonly images: Readonly<Partial<Record<ImageKind, string | null>>>
  /** Addresses of the pictures that are there. */
  readonly saved: Readonly<Record<ImageKind, string | null>>
}

export function draftOf(branding: Branding): Draft {
  const {
    object: _object,
    logo_url: logo,
    logo_icon_url: logo_icon,
    favicon_url: favicon,
    adjustments: _adjustments,
    updated_at: _updated,
    ...settings
  } = branding
  return { ...settings, images: {}, saved: { logo, logo_icon, favicon } }
}

/** Empty fields mean the default, which is null on the wire. */
export function updateOf({ images, saved: _saved, ...settings }: Draft): BrandingUpdate {
  const filled = (text: string | null) => (text === null || text.trim() === '' ? null : text)
  return {
    ...settings,
    application_name: filled(settings.application_name),
    sign_in_title: filled(settings.sign_in_title),
    sign_up_title: filled(settings.sign_up_title),
    terms_url: filled(settings.terms_url),
    privacy_url: filled(settings.privacy_url),
    custom_css: filled(settings.custom_css),
    ...images,
  }
}
