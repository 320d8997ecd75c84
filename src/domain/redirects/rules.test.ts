import { describe, expect, test } from 'vitest'
import { checkDefault, checkOrigin, checkRedirect, matchRedirect, type RedirectUse } from './rules.ts'

const staging: RedirectUse = { kind: 'staging', wildcard: true, query: false }
const production: RedirectUse = { kind: 'production', wildcard: true, query: false }

/** The rule that refuses the address, or `accepted`. */
function verdict(uri: string, use: RedirectUse): string {
  const result = checkRedirect(uri, use)
  return result.ok ? 'accepted' : result.error.rule
}

describe('what may be registered', () => {
  test.each([
    // address, in staging, in production
    ['https://example.com/callback', 'accepted', 'accepted'],
    ['https://example.com', 'accepted', 'accepted'],
    ['https://example.com:8443/callback', 'accepted', 'accepted'],
    ['https://EXAMPLE.com/Callback', 'accepted', 'accepted'],
    ['https://xn--bcher-kva.example/callback', 'accepted', 'accepted'],
    ['https://[2001:db8::1]/callback', 'accepted', 'accepted'],
    ['https://example.com/a%2Fb/callback', 'accepted', 'accepted'],
    // Plain http.
    ['http://localhost:3000/callback', 'accepted', 'scheme'],
    ['http://staging.example.com/callback', 'accepted', 'scheme'],
    ['http://127.0.0.1:8400/callback', 'accepted', 'accepted'],
    ['http://127.0.0.1.evil.example/callback', 'accepted', 'scheme'],
    ['http://[::1]/callback', 'accepted', 'scheme'],
    // Query and fragment.
    ['https://example.com/callback?tenant=1', 'accepted', 'query'],
    ['https://example.com/callback?', 'accepted', 'query'],
    ['https://example.com/callback#top', 'fragment', 'fragment'],
    ['https://example.com/callback#', 'fragment', 'fragment'],
    // Wildcards.
    ['https://*.example.com/callback', 'accepted', 'wildcard_in_production'],
    ['https://pre-*-suf.example.com/callback', 'accepted', 'wildcard_in_production'],
    ['https://*.example.com:8443/callback?a=1', 'accepted', 'wildcard_in_production'],
    ['https://preview-*.example.co.uk/callback', 'accepted', 'wildcard_in_production'],
    ['http://localhost:*/callback', 'accepted', 'wildcard_in_production'],
    ['http://127.0.0.1:*/callback', 'accepted', 'wildcard_in_production'],
    ['http://[::1]:*', 'accepted', 'wildcard_in_production'],
    ['https://*/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.com/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.co.uk/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.vercel.app/callback', 'wildcard', 'wildcard_in_production'],
    ['https://team-*.Netlify.App:8443/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.ngrok-free.app', 'wildcard', 'wildcard_in_production'],
    ['https://*.up.railway.app/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.acme.vercel.app/callback', 'accepted', 'wildcard_in_production'],
    ['https://acme.vercel.app/callback', 'accepted', 'accepted'],
    ['https://*example.com/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.0.0.1/callback', 'wildcard', 'wildcard_in_production'],
    ['https://a.*.example.com/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.*.example.com/callback', 'wildcard', 'wildcard_in_production'],
    ['https://**.example.com/callback', 'wildcard', 'wildcard_in_production'],
    ['https://*.example.com/*', 'wildcard', 'wildcard_in_production'],
    ['https://example.com/*', 'wildcard', 'wildcard_in_production'],
    ['https://example.com/callback?a=*', 'wildcard', 'wildcard_in_production'],
    ['https://example.com:*/callback', 'wildcard', 'wildcard_in_production'],
    ['http://localhost.example.com:*/callback', 'wildcard', 'wildcard_in_production'],
    ['http://localhost:8*/callback', 'host', 'host'],
    ['*', 'form', 'form'],
    ['*://example.com/callback', 'form', 'form'],
    // Other schemes, and text that is no URL.
    ['javascript:alert(1)', 'scheme', 'scheme'],
    ['JavaScript://example.com/%0Aalert(1)', 'scheme', 'scheme'],
    ['data:text/html,hello', 'scheme', 'scheme'],
    ['file:///etc/passwd', 'scheme', 'scheme'],
    ['com.example.app:/callback', 'scheme', 'scheme'],
    ['myapp://callback', 'scheme', 'scheme'],
    ['/callback', 'form', 'form'],
    ['//example.com/callback', 'form', 'form'],
    ['example.com/callback', 'form', 'form'],
    ['https:example.com/callback', 'form', 'form'],
    ['https:/example.com/callback', 'form', 'form'],
    ['https:///example.com/callback', 'form', 'form'],
    ['https://', 'form', 'form'],
    ['https://example.com:99999/callback', 'form', 'form'],
    // Where a browser would read something else than a human.
    ['https://user@example.com/callback', 'userinfo', 'userinfo'],
    ['https://user:secret@example.com/callback', 'userinfo', 'userinfo'],
    ['https://example.com@evil.example/callback', 'userinfo', 'userinfo'],
    ['http://localhost:*@evil.example/', 'userinfo', 'userinfo'],
    ['https://example.com\\@evil.example/callback', 'characters', 'characters'],
    ['https:\\\\example.com/callback', 'characters', 'characters'],
    ['https://example.com/call back', 'characters', 'characters'],
    ['https://example.com/\tcallback', 'characters', 'characters'],
    ['https://example.com/callback\r\nSet-Cookie: a=b', 'characters', 'characters'],
    ['https://example.com/\u0000', 'characters', 'characters'],
    ['https://bücher.example/callback', 'characters', 'characters'],
    ['https://example.com/../callback', 'path', 'path'],
    ['https://example.com/a/%2E%2e/callback', 'path', 'path'],
    ['https://example.com/.', 'path', 'path'],
    ['https://2130706433/callback', 'host', 'host'],
    ['http://0x7f.1/callback', 'host', 'host'],
    ['http://127.1/callback', 'host', 'host'],
    ['https://ex%61mple.com/callback', 'host', 'host'],
    ['https://[0:0:0:0:0:0:0:1]/callback', 'host', 'host'],
    ['https://example.com:/callback', 'host', 'host'],
    ['https://exa mple.com/callback', 'characters', 'characters'],
    ['https://exa|mple.com/callback', 'host', 'host'],
  ])('%s is %s in staging and %s in production', (uri, inStaging, inProduction) => {
    expect([verdict(uri, staging), verdict(uri, production)]).toEqual([inStaging, inProduction])
  })

  test('a homepage may have a query in production and no wildcard in staging', () => {
    expect(verdict('https://example.com/?from=gatehouse', { ...production, query: true })).toBe('accepted')
    expect(verdict('https://*.example.com/', { ...staging, wildcard: false })).toBe('wildcard')
  })

  test('a default is one address, never a pattern', () => {
    expect(checkDefault('https://example.com/callback').ok).toBe(true)
    expect(checkDefault('https://*.example.com/callback')).toMatchObject({
      ok: false,
      error: { rule: 'wildcard_as_default' },
    })
  })
})

describe('what an origin may be', () => {
  test.each([
    ['https://example.com', 'accepted', 'accepted'],
    ['https://example.com:8443', 'accepted', 'accepted'],
    ['http://localhost:3000', 'accepted', 'scheme'],
    ['https://example.com/', 'form', 'form'],
    ['https://example.com/path', 'form', 'form'],
    ['https://example.com:443', 'form', 'form'],
    ['https://Example.com', 'form', 'form'],
    ['https://*.example.com', 'wildcard', 'wildcard'],
    ['https://exa!mple.com', 'host', 'host'],
    ['https://user@example.com', 'form', 'form'],
    ['*', 'form', 'form'],
    ['null', 'form', 'form'],
    ['file://', 'scheme', 'scheme'],
    ['chrome-extension://abc', 'scheme', 'scheme'],
    ['https://bücher.example', 'characters', 'characters'],
  ])('%s is %s in staging and %s in production', (origin, inStaging, inProduction) => {
    const verdicts = (['staging', 'production'] as const).map((kind) => {
      const result = checkOrigin(origin, kind)
      return result.ok ? 'accepted' : result.error.rule
    })
    expect(verdicts).toEqual([inStaging, inProduction])
  })
})

describe('what matches', () => {
  const exact = 'https://example.com/callback'
  const label = 'https://pre-*-suf.example.com/callback'
  const whole = 'https://*.example.com/callback'
  const port = 'http://localhost:*/callback'
  test.each([
    ['the same text', exact, exact, true],
    ['another case of the host', exact, 'https://EXAMPLE.com/callback', false],
    ['a slash more', exact, `${exact}/`, false],
    ['a query more', exact, `${exact}?a=1`, false],
    ['a fragment more', exact, `${exact}#`, false],
    ['the default port spelled out', exact, 'https://example.com:443/callback', false],
    ['an encoded path', exact, 'https://example.com/%63allback', false],
    ['a dot segment', exact, 'https://example.com/x/../callback', false],
    ['another host behind userinfo', exact, 'https://example.com@evil.example/callback', false],
    ['no scheme', exact, '//example.com/callback', false],
    ['nothing', exact, '', false],
    ['a label for the star', label, 'https://pre-a1_B-suf.example.com/callback', true],
    ['no label for the star', label, 'https://pre--suf.example.com/callback', false],
    ['two labels for the star', label, 'https://pre-a.b-suf.example.com/callback', false],
    ['a label without its prefix', label, 'https://a-suf.example.com/callback', false],
    ['prefix and suffix sharing characters', 'https://ab*ba.example.com', 'https://aba.example.com', false],
    ['a whole label', whole, 'https://tenant.example.com/callback', true],
    ['a label of 63 characters', whole, `https://${'a'.repeat(63)}.example.com/callback`, true],
    ['a label DNS cannot have', whole, `https://${'a'.repeat(64)}.example.com/callback`, false],
    ['the bare domain', whole, 'https://example.com/callback', false],
    ['an empty label', whole, 'https://.example.com/callback', false],
    ['the star itself', whole, whole, false],
    ['a host in front', whole, 'https://evil.example/.example.com/callback', false],
    ['userinfo for the star', whole, 'https://evil.example@.example.com/callback', false],
    ['a port for the star', whole, 'https://evil.example:443.example.com/callback', false],
    ['a backslash for the star', whole, 'https://evil.example\\.example.com/callback', false],
    ['a query for the star', whole, 'https://evil.example?.example.com/callback', false],
    ['a fragment for the star', whole, 'https://evil.example#.example.com/callback', false],
    ['an encoded dot for the star', whole, 'https://evil%2eexample.example.com/callback', false],
    ['a newline for the star', whole, 'https://a\n.example.com/callback', false],
    ['a non-ASCII label', whole, 'https://bücher.example.com/callback', false],
    ['another path under a wildcard', whole, 'https://tenant.example.com/other', false],
    ['a port', port, 'http://localhost:51234/callback', true],
    ['no port', port, 'http://localhost/callback', false],
    ['an empty port', port, 'http://localhost:/callback', false],
    ['port zero', port, 'http://localhost:0/callback', false],
    ['a port past the last', port, 'http://localhost:65536/callback', false],
    ['userinfo for the port', port, 'http://localhost:80@evil.example/callback', false],
    ['a loopback port with nothing behind it', 'http://127.0.0.1:*', 'http://127.0.0.1:8400', true],
    ['a star where stars mean nothing', 'https://example.com/*', 'https://example.com/anything', false],
    ['a star over a public suffix', 'https://*.com/callback', 'https://evil.com/callback', false],
  ])('%s: %s against %s is %s', (_claim, registered, received, matches) => {
    expect(matchRedirect(registered, received)).toBe(matches)
  })
})
