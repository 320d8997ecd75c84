/* oxlint-disable oxc/no-async-endpoint-handlers, typescript/no-misused-promises -- Express 5 hands what a handler rejects with to the error handler. */
const { createHmac, randomBytes } = require('node:crypto')
const express = require('express')
const { WorkOS } = require('@workos-inc/node')
const { authkitSession } = require('./authkit-session.js')
const { explainFailure, explainForeignAnswer, explainNoCode, explainNoPage, explainRedirect } = require('./explain.js')
const { buildFrontEnd } = require('./front-end.js')
const { signedCookies } = require('./signed-cookies.js')

const { env } = process
const port = Number(env.PORT || 3000)
const redirectUri = `http://localhost:${port}/callback`
const clientId = env.WORKOS_CLIENT_ID
const organization = env.WORKOS_ORGANIZATION_ID || 'org_test_idp'
const acceptIdpInitiated = env.IDP_INITIATED !== 'false'
const endSsoSession = env.SSO_LOGOUT === 'true'

if (!env.WORKOS_API_KEY || !clientId) {
  console.error('Set WORKOS_API_KEY and WORKOS_CLIENT_ID; gatehouse dev prints both.')
  process.exit(1)
}

// The last three options are all that sends the SDK to Gatehouse.
const workos = new WorkOS(env.WORKOS_API_KEY, {
  clientId,
  apiHostname: env.WORKOS_API_HOSTNAME || 'localhost',
  port: Number(env.WORKOS_API_PORT || 4100),
  https: env.WORKOS_API_HTTPS === 'true',
})

// Derived from a secret the app already has, so that people stay signed in when it restarts. An app of yours deserves
// a secret of its own.
const cookieKey = createHmac('sha256', env.WORKOS_API_KEY).update('example-article cookies').digest()
const cookies = signedCookies(cookieKey, { secure: false }) // served by http on this machine; elsewhere, true
// The names say whose they are: browsers send cookies of localhost to every port of it.
const session = { name: 'article_session', seconds: 8 * 60 * 60 }
const pending = { name: 'article_pending', seconds: 10 * 60 }

const authkit = authkitSession(
  workos,
  { name: 'article_authkit', seconds: 7 * 24 * 60 * 60 },
  {
    cookiePassword:
      env.WORKOS_COOKIE_PASSWORD ||
      createHmac('sha256', env.WORKOS_API_KEY).update('example-article seal').digest('hex'),
    secure: false,
  },
)

const frontEnd = buildFrontEnd()
const app = express()
app.disable('x-powered-by')
app.use('/assets', async (request, response) => (await frontEnd).sendAsset(request, response))

app.get('/', (request, response) => show(request, response, 200))

// "SSO without AuthKit": straight to the identity provider of one organization, and back with a profile.
app.get('/login', (request, response) => {
  const state = begin(request, response, 'sso')
  response.redirect(workos.sso.getAuthorizationUrl({ organization, redirectUri, clientId, state }))
})

// "SSO with AuthKit": to the login box, which knows from the address who signs in how, and back with a user.
app.get('/login/authkit', (request, response) => {
  const state = begin(request, response, 'authkit')
  response.redirect(workos.userManagement.getAuthorizationUrl({ provider: 'authkit', redirectUri, clientId, state }))
})

app.get('/callback', async (request, response) => {
  const { code, state, error, error_description: detail } = request.query
  const started = startedHere(request)
  const ours = typeof state === 'string' && started.includes(state)
  if (ours) settle(response, started, state)

  if (error !== undefined) {
    // Anyone can link to /callback?error=…; words that answer no sign-in of ours would be theirs, on our page.
    const words = ours && typeof detail === 'string' ? detail : undefined
    return show(request, response, 400, explainRedirect(error, words))
  }
  if (typeof code !== 'string') return show(request, response, 400, explainNoCode())

  // Login CSRF: whoever can make a browser open this address with a code of their own signs its owner in as
  // themselves, and reads later what was typed there. Our state, known to this browser alone, rules that out.
  // A sign-in that starts at the identity provider has no state, so accepting one gives up that protection. It is
  // kept wherever it can be: an answer with a wrong state is refused, and so is one without state while a sign-in
  // of ours is waiting for its own. What remains is that the page names who is signed in. Apps that need no sign-in
  // from the identity provider should refuse all of these (IDP_INITIATED=false).
  const unsolicited = state === undefined && started.length === 0
  if (!ours && !(unsolicited && acceptIdpInitiated)) return show(request, response, 400, explainForeignAnswer())

  // Nobody but us can have put the way into a state that is ours.
  if (ours && state.startsWith('authkit.')) {
    const answer = { code, clientId, session: authkit.sealing }
    const { sealedSession } = await workos.userManagement.authenticateWithCode(answer)
    cookies.clear(response, session)
    authkit.keep(response, sealedSession)
    return response.redirect('/')
  }

  const { profile } = await workos.sso.getProfileAndToken({ code, clientId })
  authkit.clear(response)
  cookies.set(response, session, asPrinted(profile))
  return response.redirect('/')
})

app.get('/logout', async (request, response) => {
  // A page of another site must not sign people out by showing them our address as a picture or a frame.
  const embedded = request.get('sec-fetch-site') === 'cross-site' && request.get('sec-fetch-dest') !== 'document'
  if (embedded) return response.sendStatus(403)
  const signedIn = await authkit.read(request, response).finally(() => authkit.clear(response))
  const profile = cookies.read(request, session)
  cookies.clear(response, session)
  // Ends the session at the server too, which sends the browser on to the homepage it has on file.
  if (signedIn) return response.redirect(workos.userManagement.getLogoutUrl({ sessionId: signedIn.sessionId }))
  if (!profile || !endSsoSession) return response.redirect('/')
  // The SDK has no method for this call, but lends its client.
  const { data } = await workos.post('/sso/logout/authorize', { profile_id: profile.id })
  return response.redirect(data.logout_url)
})

app.use((request, response) => show(request, response, 404, explainNoPage(request.path)))

app.use((error, request, response, _next) => {
  console.error(error)
  // Who is signed in is not looked up: that may be what failed.
  return send(response, 502, { problem: explainFailure(error, workos.baseURL) })
})

void frontEnd.then(() => {
  const server = app.listen(port, 'localhost', () => {
    console.log(`Example app  http://localhost:${port}   (signs in at ${workos.baseURL})`)
  })
  server.on('error', (error) => {
    console.error(error.code === 'EADDRINUSE' ? `Port ${port} is taken. Set PORT to another.` : error.message)
    process.exit(1)
  })
})

async function show(request, response, status, problem) {
  const signedIn = await authkit.read(request, response)
  const who = signedIn ? { session: sessionAsPrinted(signedIn) } : { profile: cookies.read(request, session) }
  return send(response, status, { ...who, problem })
}

async function send(response, status, content) {
  const { render } = await frontEnd
  const state = { ...content, server: workos.baseURL, organization }
  response
    .status(status)
    .set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .type('html')
    .send(render(state))
}

/** @returns a state for a sign-in that starts now, which this browser alone can finish */
function begin(request, response, way) {
  const state = `${way}.${randomBytes(24).toString('base64url')}`
  // A few, not one: two tabs may be signing in at once.
  cookies.set(response, pending, [state, ...startedHere(request)].slice(0, 5))
  return state
}

/** The states of sign-ins that this browser started and that were not answered yet. */
function startedHere(request) {
  return cookies.read(request, pending) ?? []
}

function settle(response, started, state) {
  const rest = started.filter((other) => other !== state)
  if (rest.length > 0) cookies.set(response, pending, rest)
  else cookies.clear(response, pending)
}

/** The SDK renames the fields; this is the profile as it comes over the wire and as the article prints it. */
function asPrinted(profile) {
  return {
    object: 'profile',
    id: profile.id,
    connection_id: profile.connectionId,
    connection_type: profile.connectionType,
    organization_id: profile.organizationId,
    email: profile.email,
    first_name: profile.firstName,
    last_name: profile.lastName,
    idp_id: profile.idpId,
    role: profile.role,
    raw_attributes: profile.rawAttributes,
  }
}

/** The same for AuthKit, without the tokens: they are for the server alone. */
function sessionAsPrinted({ user, organizationId, impersonator }) {
  return {
    user: {
      object: 'user',
      id: user.id,
      email: user.email,
      first_name: user.firstName,
      last_name: user.lastName,
      email_verified: user.emailVerified,
      profile_picture_url: user.profilePictureUrl,
      created_at: user.createdAt,
      updated_at: user.updatedAt,
    },
    organization_id: organizationId ?? null,
    ...(impersonator && { impersonator }),
  }
}
