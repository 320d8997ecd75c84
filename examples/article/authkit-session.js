const { rawCookie } = require('./signed-cookies.js')

const maximumBytes = 4096

/**
 * The session that AuthKit's tokens make, in a cookie that only this app can open: the SDK seals the tokens with the
 * password, checks the access token here, and trades the refresh token for new ones when it has run out.
 *
 * A cookie is `{ name, seconds }`: what it is called and how long it lasts.
 *
 * @param {import('@workos-inc/node').WorkOS} workos
 * @param {{ name: string, seconds: number }} cookie
 * @param {{ cookiePassword: string, secure: boolean }} options
 */
exports.authkitSession = function authkitSession(workos, { name, seconds }, { cookiePassword, secure }) {
  const attributes = { httpOnly: true, sameSite: 'lax', secure, path: '/' }
  const clear = (response) => response.clearCookie(name, attributes)

  function keep(response, sealed) {
    // Browsers drop a longer one without a word, and its owner would seem never to have signed in.
    if (name.length + sealed.length > maximumBytes) throw new Error(`The cookie ${name} is too long for a browser.`)
    response.cookie(name, sealed, { ...attributes, encode: String, maxAge: seconds * 1000 })
  }

  return {
    /** For `authenticateWithCode`, which then answers with a `sealedSession`. */
    sealing: { sealSession: true, cookiePassword },
    keep,
    clear,

    /** @returns who is signed in, or undefined when nobody is, or the session was ended elsewhere */
    async read(request, response) {
      const sessionData = rawCookie(request, name)
      if (!sessionData) return undefined
      const session = workos.userManagement.loadSealedSession({ sessionData, cookiePassword })
      const found = await session.authenticate().catch(unreadable)
      if (found.authenticated) return found
      // Anything else than an access token that ran out is no session of ours.
      const renewed = found.reason === 'invalid_jwt' ? await session.refresh() : undefined
      if (renewed?.authenticated) {
        keep(response, renewed.sealedSession)
        return renewed
      }
      if (!renewed?.retryable) clear(response)
      return undefined
    },
  }
}

/** The SDK answers for most of what is no seal, and throws where its parts are not even base64. */
function unreadable(error) {
  if (error.name !== 'InvalidCharacterError') throw error
  return { authenticated: false, reason: 'invalid_session_cookie' }
}
