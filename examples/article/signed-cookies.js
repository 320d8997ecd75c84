const { createHmac, timingSafeEqual } = require('node:crypto')

const maximumBytes = 4096

/**
 * Cookies whose content the browser can read but not change. The name is signed along with the content, so that a
 * cookie of one kind is worth nothing as another.
 *
 * A cookie is `{ name, seconds }`: what it is called and how long it lasts.
 *
 * @param {Buffer} key at least 32 bytes
 * @param {{ secure: boolean }} options
 */
exports.signedCookies = function signedCookies(key, { secure }) {
  const sign = (name, payload) => createHmac('sha256', key).update(`${name}=${payload}`).digest('base64url')
  // Lax, not Strict: the browser arrives at /callback from the identity provider's site and must bring its cookies.
  const attributes = { httpOnly: true, sameSite: 'lax', secure, path: '/' }

  return {
    /** @returns {unknown} what was set, or undefined when it is absent, altered, or older than its lifetime */
    read(request, { name }) {
      const [payload, signature] = rawCookie(request, name)?.split('.') ?? []
      if (!payload || !signature) return undefined
      const given = Buffer.from(signature)
      const wanted = Buffer.from(sign(name, payload))
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined
      const { value, expires } = JSON.parse(Buffer.from(payload, 'base64url').toString())
      return Date.now() < expires ? value : undefined
    },

    set(response, { name, seconds }, value) {
      const content = JSON.stringify({ value, expires: Date.now() + seconds * 1000 })
      const payload = Buffer.from(content).toString('base64url')
      const text = `${payload}.${sign(name, payload)}`
      // Browsers drop a longer one without a word, and its owner would seem never to have signed in.
      if (name.length + text.length > maximumBytes) throw new Error(`The cookie ${name} is too long for a browser.`)
      response.cookie(name, text, { ...attributes, maxAge: seconds * 1000 })
    },

    clear: (response, { name }) => response.clearCookie(name, attributes),
  }
}

/** @returns {string | undefined} as the browser sent it: anyone may have written it */
function rawCookie(request, name) {
  const pairs = (request.headers.cookie ?? '').split(/; */)
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

exports.rawCookie = rawCookie
