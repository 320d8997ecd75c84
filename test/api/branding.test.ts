import { describe, expect, test } from 'vitest'
import type { Branding, BrandingPreview } from '#contracts/branding.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const svg = (inside = '<path d="M0 0h9v9z"/>') =>
  `data:image/svg+xml;base64,${Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`).toString('base64')}`
const png = `data:image/png;base64,${Buffer.from('89504e470d0a1a0a00', 'hex').toString('base64')}`

const save = async (body: object) => {
  const environment = await server.environment()
  return { environment, ...(await environment.api<Branding>('PUT', '/branding', { body })) }
}
/** As a browser would ask, at the server under test whatever base URL it names. */
const visit = (url: string) => fetch(server.url + url.replace(/^http:\/\/gatehouse\.test/, ''))

test('a look starts with defaults, and fields left out keep their value', async () => {
  const { api } = await server.environment()
  const { body: before } = await api<Branding>('GET', '/branding')
  expect(before).toMatchObject({ application_name: null, appearance: 'system', logo_url: null, updated_at: null })
  await api('PUT', '/branding', { body: { application_name: 'Acme', light: { link: '#111111' } } })
  await api('PUT', '/branding', { body: { radius: 3 } })
  const { body } = await api<Branding>('GET', '/branding')
  expect(body).toEqual({
    ...before,
    application_name: 'Acme',
    radius: 3,
    light: { ...before.light, link: '#111111' },
    updated_at: server.clock.read().toISOString(),
  })
})

test('a colour nobody could read is shifted until it can be, and the answer says so', async () => {
  const { body } = await save({ light: { link: '#ccff00', button_background: '#ccff00' } })
  expect(body.light.link).toBe('#ccff00')
  expect(body.adjustments).toEqual([
    {
      field: 'light.link',
      given: '#ccff00',
      shown: expect.stringMatching(/^#[0-9a-f]{6}$/),
      against: '#ffffff',
      given_ratio: 1.17,
      shown_ratio: expect.closeTo(4.6, 0),
      wanted_ratio: 4.5,
    },
  ])
  expect(body.adjustments[0]?.shown_ratio).toBeGreaterThanOrEqual(4.5)
})

test('whoever insists gets the colour, and the ratio with it', async () => {
  const { body } = await save({ light: { link: '#ccff00' }, allow_low_contrast: true })
  expect(body.adjustments).toMatchObject([{ given: '#ccff00', shown: '#ccff00', shown_ratio: 1.17 }])
})

test.each([
  ['a colour by name', { light: { link: 'red' } }, 'light.link'],
  ['a colour with more behind it', { light: { link: '#123456;}body{display:none' } }, 'light.link'],
  ['a radius beyond any', { radius: 99 }, 'radius'],
  ['a link that is a script', { terms_url: 'javascript:alert(1)' }, 'terms_url'],
  ['styles that end their element', { custom_css: '</style><script>alert(1)</script>' }, 'custom_css'],
  ['a picture of another kind', { logo: 'data:text/html;base64,PGI+' }, 'logo'],
  ['a picture that is not what it is called', { logo: `data:image/jpeg;base64,${btoa('GIF89a')}` }, 'logo'],
  ['a picture with a script', { logo: svg('<script>alert(1)</script>') }, 'logo'],
  ['a picture too large', { favicon: `data:image/png;base64,${'A'.repeat(150_000)}` }, 'favicon'],
])('%s is refused by name', async (_claim, body, field) => {
  const answer = await save(body)
  expect(answer.status).toBe(422)
  expect((answer.body as unknown as { errors: { field: string }[] }).errors.map((error) => error.field)).toContain(
    field,
  )
  expect((await answer.environment.api<Branding>('GET', '/branding')).body.updated_at).toBe(null)
})

test('a logo is served as the picture it is, where it can do nothing else, and goes when it is taken away', async () => {
  const { environment, body } = await save({ logo: svg(), favicon: png })
  const logo = await visit(body.logo_url ?? '')
  expect(logo.status).toBe(200)
  expect(logo.headers.get('content-type')).toBe('image/svg+xml')
  expect(logo.headers.get('content-security-policy')).toContain('sandbox')
  expect(logo.headers.get('x-content-type-options')).toBe('nosniff')
  await environment.api('PUT', '/branding', { body: { logo: null } })
  const { body: after } = await environment.api<Branding>('GET', '/branding')
  expect([after.logo_url, after.favicon_url]).toEqual([null, body.favicon_url])
  expect((await visit(body.logo_url ?? '')).status).toBe(404)
})

describe('a preview', () => {
  const preview = async (body: object) => {
    const environment = await server.environment()
    const answer = await environment.api<BrandingPreview>('POST', '/branding/previews', { body })
    return { environment, ...answer }
  }

  test('shows the real pages in a look that is not saved', async () => {
    const { environment, body } = await preview({
      application_name: 'Drafty',
      custom_css: '.ak-Card{color:teal}',
      logo: png,
    })
    const page = await visit(`${body.url}&screen=sign-in&theme=dark&locale=de`)
    const text = await page.text()
    expect(text).toContain('Bei Drafty anmelden')
    expect(text).toContain('class="dark-theme" data-hak-page="sign-in"')
    expect(text).toContain('.ak-Card{color:teal}')
    expect(text).toContain(png)
    expect((await environment.api<Branding>('GET', '/branding')).body.application_name).toBe(null)
    for (const screen of body.screens) expect((await visit(`${body.url}&screen=${screen}`)).status).toBe(200)
  })

  test('can be framed by our own pages and leads nowhere', async () => {
    const { body } = await preview({})
    const policy = (await visit(body.url)).headers.get('content-security-policy')
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).toContain("form-action 'none'")
  })

  test('is gone after an hour, and was never there for a wrong token', async () => {
    const { body } = await preview({})
    expect((await visit('/authkit/preview?draft=nonsense')).status).toBe(404)
    server.clock.advance(3_600_001)
    expect((await visit(body.url)).status).toBe(404)
  })

  test('escapes names that look like markup', async () => {
    const { body } = await preview({ application_name: '<img src=x onerror=alert(1)>' })
    const text = await (await visit(body.url)).text()
    expect(text).not.toContain('<img src=x')
    expect(text).toContain('&lt;img src=x')
  })
})
