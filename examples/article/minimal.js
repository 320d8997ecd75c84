// The same sign-in with nothing but the calls: no state, no session, no explanations, and not a word of Gatehouse.
// `node --import gatehouse/register` sends it there. For an app to start from, see server.js.
/* oxlint-disable oxc/no-async-endpoint-handlers, typescript/no-misused-promises -- Express 5 hands what a handler rejects with to the error handler. */
const express = require('express')
const { WorkOS } = require('@workos-inc/node')

const port = process.env.PORT || 3000
const clientId = process.env.WORKOS_CLIENT_ID
const workos = new WorkOS(process.env.WORKOS_API_KEY)

const app = express()

app.get('/', (_request, response) => {
  response.send('<p><a href="/login">Sign in</a></p><p><a href="/logout">Sign out</a></p>')
})

app.get('/login', (_request, response) => {
  const organization = process.env.WORKOS_ORGANIZATION_ID || 'org_test_idp'
  const redirectUri = `http://localhost:${port}/callback`
  response.redirect(workos.sso.getAuthorizationUrl({ organization, redirectUri, clientId }))
})

app.get('/callback', async (request, response) => {
  const { code } = request.query
  if (!code) return response.status(400).send('There is no code in this address.')
  const { profile } = await workos.sso.getProfileAndToken({ code, clientId })
  return response.json({ profile })
})

app.get('/logout', (_request, response) => response.redirect('/'))

app.listen(port, 'localhost', () => console.log(`Minimal app  http://localhost:${port}`))
