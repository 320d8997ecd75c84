import type { BrandingSettings, BrandingUpdate, ContrastAdjustment, ThemeColors } from '#contracts/branding.ts'
import { blackOrWhite, contrast, readableOn, readableRatio } from './contrast.ts'

/** What the form lies on, by theme. Links and buttons must be readable on it. */
export const cardColors = { light: '#ffffff', dark: '#191b1e' } as const

const defaults: BrandingSettings = {
  application_name: null,
  appearance: 'system',
  light: { page_background: '#f4f5f7', button_background: '#3a5bc7', button_text: null, link: '#3a5bc7' },
  dark: { page_background: '#101113', button_background: '#9eb1ff', button_text: null, link: '#9eb1ff' },
  radius: 10,
  font: 'system',
  sign_in_title: null,
  sign_up_title: null,
  terms_url: null,
  privacy_url: null,
  names_on_sign_up: 'optional',
  show_last_used: true,
  fallback_locale: 'en',
  custom_css: null,
  allow_low_contrast: false,
}

/** Settings as they are stored, in whatever version stored them. */
export function completeSettings(stored: Partial<BrandingSettings>): BrandingSettings {
  return {
    ...defaults,
    ...stored,
    light: { ...defaults.light, ...stored.light },
    dark: { ...defaults.dark, ...stored.dark },
  }
}

export function changeSettings(settings: BrandingSettings, update: BrandingUpdate): BrandingSettings {
  const { logo: _logo, logo_icon: _icon, favicon: _favicon, light, dark, ...rest } = update
  const known = Object.fromEntries(Object.entries(rest).filter(([key]) => key in defaults))
  return {
    ...settings,
    ...known,
    light: { ...settings.light, ...light },
    dark: { ...settings.dark, ...dark },
  }
}

/** Colours of one theme as they are shown. */
export interface ShownColors {
  readonly pageBackground: string
  readonly buttonBackground: string
  readonly buttonText: string
  readonly link: string
}

export interface Shown {
  readonly light: ShownColors
  readonly dark: ShownColors
  readonly adjustments: readonly ContrastAdjustment[]
}

/** Makes what was chosen readable, and says what it had to change for that. */
export function shownColors(settings: BrandingSettings): Shown {
  const adjustments: ContrastAdjustment[] = []
  const fit = (field: string, given: string, against: string): string => {
    const shown = settings.allow_low_contrast ? given : readableOn(against, given)
    if (shown !== given || contrast(given, against) < readableRatio)
      adjustments.push({
        field,
        given,
        shown,
        against,
        given_ratio: rounded(contrast(given, against)),
        shown_ratio: rounded(contrast(shown, against)),
        wanted_ratio: readableRatio,
      })
    return shown
  }
  const theme = (name: 'light' | 'dark', colors: ThemeColors): ShownColors => ({
    pageBackground: colors.page_background,
    buttonBackground: colors.button_background,
    buttonText:
      colors.button_text === null
        ? blackOrWhite(colors.button_background)
        : fit(`${name}.button_text`, colors.button_text, colors.button_background),
    link: fit(`${name}.link`, colors.link, cardColors[name]),
  })
  return { light: theme('light', settings.light), dark: theme('dark', settings.dark), adjustments }
}

function rounded(ratio: number): number {
  return Math.floor(ratio * 100) / 100
}
