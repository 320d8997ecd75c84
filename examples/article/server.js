const { createHmac, randomBytes } = require('node:crypto')
const express = require('express')
const { WorkOS } = require('@workos-inc/node')
const { explainFailure, explainForeignAnswer, explainNoCode, explainRedirect } = require('./explain.js')
const { buildFrontEnd } = require('./front-end.js')
const { signedCookies } = require('./signed-cookies.js')

const env = process.env
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

// The three options are all that sends the SDK to Gatehouse.
const workos = new WorkOS(env.WORKOS_API_KEY, {
  clientId,
  apiHostname: env.WORKOS_API_HOSTNAME || 'localhost',
  port: Number(env.WORKOS_API_PORT || 4100),
  https: env.WORKOS_API_HTTPS === 'true',
})

// Derived from a secret the app already has, so that people stay signed in when it restarts. An app of yours deserves
// a secret of its own.
const cookieKey = createHmac('sha256', env.WORKOS_API_KEY).update('example-article cookies').digest()
const cookies = signedCookies(cookieKey, { secure: false })
// The names say whose they are: browsers send cookies of localhost to every port of it.
const [session, pending] = ['article_session', 'article_pending']
const sessionSeconds = 8 * 60 * 60
const pendingSeconds = 10 * 60

async function start() {
  const frontEnd = await buildFrontEnd()
  const app = express()
  app.disable('x-powered-by')
  app.use(
    '/assets',
    express.static(frontEnd.assets, { immutable: true, maxAge: '1y', index: false, fallthrough: false }),
    // Without an answer of its own, a missing asset would be explained as a failed sign-in below.
    (_error, _request, response, _next) => response.sendStatus(404),
  )

  const show = (response, status, state) =>
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
      .send(frontEnd.render({ server: workos.baseURL, organization, ...state }))

  app.get('/', (request, response) => show(response, 200, { profile: cookies.read(request, session) }))

  app.get('/login', (request, response) => {
    const state = randomBytes(24).toString('base64url')
    // A few, not one: two tabs may be signing in at once.
    cookies.set(response, pending, [state, ...waiting(request)].slice(0, 5), pendingSeconds)
    response.redirect(workos.sso.getAuthorizationUrl({ organization, redirectUri, clientId, state }))
  })

  app.get('/callback', async (request, response) => {
    const { code, state, error, error_description: detail } = request.query
    const started = waiting(request)
    const ours = typeof state === 'string' && started.includes(state)
    if (ours) settle(response, started, state)

    if (error !== undefined) {
      // Anyone can link to /callback?error=…; words that answer no sign-in of ours would be theirs, on our page.
      const problem = explainRedirect(error, ours && typeof detail === 'string' ? detail : undefined)
      return show(response, 400, { problem, profile: cookies.read(request, session) })
    }
    if (typeof code !== 'string') return show(response, 400, { problem: explainNoCode() })

    // Login CSRF: whoever can make a browser open this address with a code of their own signs its owner in as
    // themselves, and reads later what was typed there. Our state, known to this browser alone, rules that out.
    // A sign-in that starts at the identity provider has no state, so accepting one gives up that protection. It is
    // kept wherever it can be: an answer with a wrong state is refused, and so is one without state while a sign-in
    // of ours is waiting for its own. What remains is that the page names who is signed in. Apps that need no sign-in
    // from the identity provider should refuse all of these (IDP_INITIATED=false).
    const unsolicited = state === undefined && started.length === 0
    if (!ours && !(unsolicited && acceptIdpInitiated)) {
      return show(response, 400, { problem: explainForeignAnswer(), profile: cookies.read(request, session) })
    }

    const { profile } = await workos.sso.getProfileAndToken({ code, clientId })
    cookies.set(response, session, asPrinted(profile), sessionSeconds)
    response.redirect('/')
  })

  app.get('/logout', async (request, response) => {
    // A page of another site must not sign people out by showing them our address as a picture or a frame.
    if (request.get('sec-fetch-site') === 'cross-site' && request.get('sec-fetch-dest') !== 'document') {
      return response.sendStatus(403)
    }
    const profile = cookies.read(request, session)
    cookies.clear(response, session)
    if (!profile || !endSsoSession) return response.redirect('/')
    // The SDK has no method for this call, but lends its client.
    const { data } = await workos.post('/sso/logout/authorize', { profile_id: profile.id })
    response.redirect(data.logout_url)
  })

  app.use((request, response) =>
    show(response, 404, {
      problem: { title: 'No such page', cause: `There is nothing at ${request.path}.`, next: 'Go to the start page.' },
    }),
  )

  app.use((error, _request, response, _next) => {
    console.error(error)
    show(response, 502, { problem: explainFailure(error, workos.baseURL) })
  })

  const server = app.listen(port, 'localhost', () => {
    console.log(`Example app  http://localhost:${port}   (signs in at ${workos.baseURL})`)
  })
  server.on('error', (error) => {
    console.error(error.code === 'EADDRINUSE' ? `Port ${port} is taken. Set PORT to another.` : error.message)
    process.exit(1)
  })
}

function waiting(request) {
  return cookies.read(request, pending) ?? []
}

function settle(response, started, state) {
  const rest = started.filter((other) => other !== state)
  if (rest.length > 0) cookies.set(response, pending, rest, pendingSeconds)
  else cookies.clear(response, pending)
}

/** The SDK renames the fields; this is the profile as it comes over the wire and as the article prints it. */
function asPrinted(profile) {
  const printed = {
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
  // Browsers drop a cookie above 4096 bytes without a word, and its owner would seem never to have signed in.
  return JSON.stringify(printed).length < 2500
    ? printed
    : { ...printed, raw_attributes: { omitted: 'too long for a cookie' } }
}

start()
