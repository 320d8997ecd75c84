/* oxlint-disable oxc/no-async-endpoint-handlers, typescript/no-misused-promises -- Express 5 hands what a handler rejects with to the error handler. */
const { createHmac, randomBytes } = require('node:crypto')
const express = require('express')
const { WorkOS } = require('@workos-inc/node')
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

const frontEnd = buildFrontEnd()
const app = express()
app.disable('x-powered-by')
app.use('/assets', async (request, response) => (await frontEnd).sendAsset(request, response))

app.get('/', (request, response) => show(request, response, 200))

app.get('/login', (request, response) => {
  const state = randomBytes(24).toString('base64url')
  // A few, not one: two tabs may be signing in at once.
  cookies.set(response, pending, [state, ...startedHere(request)].slice(0, 5))
  response.redirect(workos.sso.getAuthorizationUrl({ organization, redirectUri, clientId, state }))
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

  const { profile } = await workos.sso.getProfileAndToken({ code, clientId })
  cookies.set(response, session, asPrinted(profile))
  return response.redirect('/')
})

app.get('/logout', async (request, response) => {
  // A page of another site must not sign people out by showing them our address as a picture or a frame.
  const embedded = request.get('sec-fetch-site') === 'cross-site' && request.get('sec-fetch-dest') !== 'document'
  if (embedded) return response.sendStatus(403)
  const profile = cookies.read(request, session)
  cookies.clear(response, session)
  if (!profile || !endSsoSession) return response.redirect('/')
  // The SDK has no method for this call, but lends its client.
  const { data } = await workos.post('/sso/logout/authorize', { profile_id: profile.id })
  return response.redirect(data.logout_url)
})

app.use((request, response) => show(request, response, 404, explainNoPage(request.path)))

app.use((error, request, response, _next) => {
  console.error(error)
  return show(request, response, 502, explainFailure(error, workos.baseURL))
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
  const { render } = await frontEnd
  const state = { profile: cookies.read(request, session), problem, server: workos.baseURL, organization }
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
