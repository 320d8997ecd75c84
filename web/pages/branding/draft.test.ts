import { expect, test } from 'vitest'
import type { Branding } from '#contracts/branding.ts'
import { draftOf, updateOf } from './draft.ts'

const colors = { page_background: '#ffffff', button_background: '#111111', button_text: null, link: '#0000ee' }
const branding: Branding = {
  object: 'branding',
  application_name: 'Acme',
  appearance: 'system',
  light: colors,
  dark: colors,
  radius: 6,
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
  logo_url: 'https://gatehouse.test/logo',
  logo_icon_url: null,
  favicon_url: null,
  adjustments: [],
  updated_at: null,
}

test('an untouched draft asks for what there is, and leaves pictures alone', () => {
  const update = updateOf(draftOf(branding))
  expect(update).toMatchObject({ application_name: 'Acme', radius: 6, light: colors })
  for (const name of ['logo', 'logo_url', 'object', 'adjustments', 'saved']) expect(update).not.toHaveProperty(name)
})

test('what was emptied is the default again, and a picture can be taken away', () => {
  const update = updateOf({ ...draftOf(branding), application_name: ' ', images: { logo: null } })
  expect(update).toMatchObject({ application_name: null, logo: null })
})
