import { createRequire } from 'node:module'
import { describe, expect, test, vi } from 'vitest'

interface Cookie {
  readonly name: string
  readonly seconds: number
}

interface SignedCookies {
  read(request: { headers: { cookie?: string } }, cookie: Cookie): unknown
  set(response: { cookie(name: string, text: string, options: unknown): void }, cookie: Cookie, value: unknown): void
}

// The example is plain CommonJS, so it has no types of its own.
const { signedCookies } = createRequire(import.meta.url)('../../examples/article/signed-cookies.js') as {
  signedCookies(key: Buffer, options: { secure: boolean }): SignedCookies
}

const session = { name: 'session', seconds: 60 }
const cookies = signedCookies(Buffer.alloc(32, 1), { secure: false })

function write(value: unknown, cookie = session, from = cookies): { text: string; options: unknown } {
  const written: { text: string; options: unknown }[] = []
  from.set({ cookie: (_name, text, options) => void written.push({ text, options }) }, cookie, value)
  const [only] = written
  if (!only) throw new Error('No cookie was set.')
  return only
}

function read(text: string, cookie = session): unknown {
  return cookies.read({ headers: { cookie: `other=1; ${cookie.name}=${text}; another=2` } }, cookie)
}

describe('a signed cookie of the example app', () => {
  test('brings back what was set', () => {
    expect(read(write({ email: 'renée@example.com' }).text)).toEqual({ email: 'renée@example.com' })
  })

  test('is out of reach of scripts and of other sites', () => {
    expect(write('x').options).toEqual({ httpOnly: true, sameSite: 'lax', secure: false, path: '/', maxAge: 60_000 })
  })

  const forged = Buffer.from(JSON.stringify({ value: 'forged', expires: Date.now() + 1e9 })).toString('base64url')
  test.each([
    ['another content under the same signature', () => `${forged}.${write('x').text.split('.')[1]}`],
    ['no signature', () => forged],
    ['an empty signature', () => `${forged}.`],
    [
      'a signature of another key',
      () => write('x', session, signedCookies(Buffer.alloc(32, 2), { secure: false })).text,
    ],
    ['a cookie of another name', () => write('x', { name: 'pending', seconds: 60 }).text],
    ['something else entirely', () => 'a.b.c'],
  ])('is not believed when it is %s', (_claim, text) => expect(read(text())).toBeUndefined())

  test('is not believed after its lifetime, whatever the browser does', () => {
    const { text } = write('x')
    vi.useFakeTimers({ now: Date.now() + 60_000 })
    try {
      expect(read(text)).toBeUndefined()
    } finally {
      vi.useRealTimers()
    }
  })

  test('is refused, not lost, when it is too long for a browser', () => {
    expect(() => write('x'.repeat(4000))).toThrow('The cookie session is too long for a browser.')
  })
})
