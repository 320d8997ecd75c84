import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { Timestamp } from './ids.ts'

const tag = 'branding'
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Languages the login box and its mail speak completely. */
export const locales = ['en', 'de', 'fr', 'es', 'pt-BR', 'it', 'nl', 'pl', 'ja', 'ko', 'zh-CN', 'ar'] as const
export type Locale = (typeof locales)[number]

/** Fonts that are on people's devices already: nothing is loaded from anywhere. */
export const fonts = ['system', 'humanist', 'geometric', 'serif', 'monospace'] as const

const Color = Type.String({ pattern: '^#[0-9A-Fa-f]{6}$' })

export const ThemeColors = Type.Object({
  page_background: Color,
  button_background: Color,
  /** Null: black or white, whichever reads better. */
  button_text: nullable(Color),
  link: Color,
})
export type ThemeColors = Static<typeof ThemeColors>

const WebUrl = Type.String({ pattern: '^https?://[^\\s<>"]+$', maxLength: 2048 })

const settings = {
  /** What people sign in to; null says only "Sign in". */
  application_name: nullable(Type.String({ minLength: 1, maxLength: 80 })),
  appearance: Type.Enum(['light', 'dark', 'system']),
  light: ThemeColors,
  dark: ThemeColors,
  /** Of corners, in pixels. */
  radius: Type.Integer({ minimum: 0, maximum: 24 }),
  font: Type.Enum([...fonts]),
  /** Instead of our own headings, in every language alike. */
  sign_in_title: nullable(Type.String({ minLength: 1, maxLength: 80 })),
  sign_up_title: nullable(Type.String({ minLength: 1, maxLength: 80 })),
  terms_url: nullable(WebUrl),
  privacy_url: nullable(WebUrl),
  names_on_sign_up: Type.Enum(['hidden', 'optional', 'required']),
  show_last_used: Type.Boolean(),
  fallback_locale: Type.Enum([...locales]),
  /** Added to every page. It cannot load anything from elsewhere: the pages' policy forbids it. */
  custom_css: nullable(Type.String({ maxLength: 50_000 })),
  /** Shows colours as they were given, however hard they are to read. */
  allow_low_contrast: Type.Boolean(),
}

export const BrandingSettings = Type.Object(settings)
export type BrandingSettings = Static<typeof BrandingSettings>

/** A colour that could not be read and what is shown in its stead. */
export const ContrastAdjustment = Type.Object({
  field: Type.String(),
  given: Type.String(),
  shown: Type.String(),
  against: Type.String(),
  given_ratio: Type.Number(),
  shown_ratio: Type.Number(),
  wanted_ratio: Type.Number(),
})
export type ContrastAdjustment = Static<typeof ContrastAdjustment>

export const Branding = Type.Object({
  object: Type.Literal('branding'),
  ...settings,
  logo_url: nullable(Type.String()),
  logo_icon_url: nullable(Type.String()),
  favicon_url: nullable(Type.String()),
  adjustments: Type.Array(ContrastAdjustment),
  updated_at: nullable(Timestamp),
})
export type Branding = Static<typeof Branding>

/** An image as a data URL; null removes it. */
const Image = nullable(Type.String({ maxLength: 200_000 }))

export const BrandingUpdate = Type.Object({
  ...Type.Partial(BrandingSettings).properties,
  light: Type.Optional(Type.Partial(ThemeColors)),
  dark: Type.Optional(Type.Partial(ThemeColors)),
  logo: Type.Optional(Image),
  logo_icon: Type.Optional(Image),
  favicon: Type.Optional(Image),
})
export type BrandingUpdate = Static<typeof BrandingUpdate>

export const BrandingPreview = Type.Object({
  object: Type.Literal('branding_preview'),
  /** Shows any screen: add `screen`, `theme` and `locale`. Whoever has it can look; it changes nothing. */
  url: Type.String(),
  screens: Type.Array(Type.String()),
  adjustments: Type.Array(ContrastAdjustment),
  expires_at: Timestamp,
})
export type BrandingPreview = Static<typeof BrandingPreview>

export const getBranding = endpoint({
  operationId: 'getBranding',
  method: 'GET',
  path: '/branding',
  summary: 'How the login box and its mail look',
  tag,
  access: 'api_key',
  extension: true,
  success: { status: 200, body: Branding },
})

export const updateBranding = endpoint({
  operationId: 'updateBranding',
  method: 'PUT',
  path: '/branding',
  summary: 'Change the look; fields left out keep their value',
  tag,
  access: 'api_key',
  extension: true,
  body: BrandingUpdate,
  success: { status: 200, body: Branding },
  errors: { 422: [] },
})

export const previewBranding = endpoint({
  operationId: 'previewBranding',
  method: 'POST',
  path: '/branding/previews',
  changesNothing: true,
  summary: 'Look at a change on the real pages before it is made',
  tag,
  access: 'api_key',
  extension: true,
  body: BrandingUpdate,
  success: { status: 201, body: BrandingPreview },
  errors: { 422: [] },
})
