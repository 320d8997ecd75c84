import { expect, test } from 'vitest'
import { nameFrom } from './provider-name.ts'

test.each([
  ['Staff login', [], 'staff-login'],
  ['Müller & Söhne', [], 'mu-ller-so-hne'],
  ['1Login', [], 'login'],
  ['ログイン', [], 'provider'],
  ['Staff', ['staff', 'staff-2'], 'staff-3'],
  [`${'a'.repeat(35)} b`, [], 'a'.repeat(35)],
])('a provider titled %s is called by a name that the API takes', (title, taken, name) => {
  expect(nameFrom(title, taken)).toBe(name)
  expect(name).toMatch(/^[a-z][a-z0-9-]{0,39}$/)
})
