/* oxlint-disable oxc/no-async-endpoint-handlers, typescript/no-misused-promises -- Express 5 hands what a handler rejects with to the error handler. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { WorkOS } from '@workos-inc/node'
import express from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const { env } = process
const port = Number(env.PORT || 3000)
const clientId = env.WORKOS_CLIENT_ID
const hostname = env.WORKOS_API_HOSTNAME || 'localhost'
const apiPort = Number(env.WORKOS_API_PORT || 4100)
const https = env.WORKOS_API_HTTPS === 'true'
const pages = path.join(import.meta.dirname, 'dist')

if (!env.WORKOS_API_KEY || !clientId) {
  console.error('Set WORKOS_API_KEY and WORKOS_CLIENT_ID; gatehouse dev prints both.')
  process.exit(1)
}
if (!existsSync(pages)) {
  console.error('The pages are not built yet: npm run build.')
  process.exit(1)
}

const workos = new WorkOS(env.WORKOS_API_KEY, { clientId, apiHostname: hostname, port: apiPort, https })
const keys = createRemoteJWKSet(new URL(workos.userManagement.getJwksUrl(clientId)))
const issuer = `${https ? 'https' : 'http'}://${hostname}:${apiPort}`

const app = express()
app.disable('x-powered-by')

/** What the pages have to know to begin. None of it is secret. */
app.get('/config.json', (_request, response) => {
  response.set('cache-control', 'no-store').json({
    clientId,
    apiHostname: hostname,
    port: apiPort,
    https,
    redirectUri: `http://localhost:${port}/callback`,
    // false: the refresh token is in a cookie of Gatehouse's that no script can read. true: in local storage.
    devMode: env.SESSION_IN_COOKIE !== 'true',
  })
})

/**
 * Whose access token it is. The signature alone is not enough: the keys sign for one environment, and an application
 * takes tokens that were made for it.
 */
async function authenticated(request, response, next) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  try {
    if (scheme !== 'Bearer' || !token) throw new Error('There is no access token.')
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ['RS256', 'ES256'] })
    if (payload.client_id !== clientId) throw new Error('The access token is of another application.')
    request.claims = payload
  } catch (error) {
    response.status(401).json({ error: error.message })
    return
  }
  next()
}

app.get('/api/me', authenticated, ({ claims: { sub, org_id: organization = null, role = null } }, response) => {
  response.set('cache-control', 'no-store').json({ user: sub, organization, role })
})

/** The pages have no key, so what needs one is asked here, for whoever the token says and for nobody else. */
app.get('/api/organizations', authenticated, async ({ claims }, response) => {
  const { data } = await workos.userManagement.listOrganizationMemberships({ userId: claims.sub, statuses: ['active'] })
  response
    .set('cache-control', 'no-store')
    .json(data.map(({ organizationId: id, organizationName: name }) => ({ id, name })))
})

app.use(express.static(pages, { index: false }))
app.get(['/', '/callback', '/login'], (_request, response) => response.sendFile(path.join(pages, 'index.html')))

app.listen(port, 'localhost', () => console.log(`The example is on http://localhost:${port}`))
