import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { testIdpOidcUrl } from '#test-idp/addresses.ts'
import { testIdpRoutes } from '#test-idp/routes.ts'

/** The test identity provider as an OpenID provider, on a port of its own, and somebody in front of its page. */
export interface OidcIdp {
  readonly issuer: string
  /** Follows an authorization URL to the page, presses a button, and returns where the browser is sent. */
  choose(location: string, fields: Readonly<Record<string, string>>): Promise<URL>
  close(): Promise<void>
}

/** @param origin where redirect URIs may be. */
export async function startOidcIdp(clock: () => Date, origin: string): Promise<OidcIdp> {
  const app = fastify()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // it listens on a port
  await app.close()
  const baseUrl = `http://127.0.0.1:${port}`
  const server = fastify()
  testIdpRoutes(server, { baseUrl, folder: undefined, clock, fetch: globalThis.fetch, origins: [origin] })
  await server.listen({ host: '127.0.0.1', port })
  return {
    issuer: testIdpOidcUrl(baseUrl, 'default'),
    async choose(location, fields) {
      const page = await fetch(location)
      const text = await page.text()
      if (page.status !== 200) throw new Error(`The test identity provider answered ${page.status}: ${text}`)
      const inputs = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
      const form = new URLSearchParams(
        inputs.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
      )
      // The page has the request once for each of its forms.
      const body = new URLSearchParams([...new Map(form), ...Object.entries(fields)])
      const answer = await fetch(location.split('?')[0] ?? '', { method: 'POST', body, redirect: 'manual' })
      const sentTo = answer.headers.get('location')
      if (sentTo !== null) return new URL(sentTo)
      // response_mode=form_post: the page's form, as the URL it would post.
      const posted = await answer.text()
      const action = /<form method="post" action="([^"]*)"/.exec(posted)?.[1] ?? ''
      const url = new URL(action)
      for (const [, name = '', value = ''] of posted.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g))
        url.searchParams.set(name, value.replaceAll('&amp;', '&'))
      return url
    },
    close: () => server.close(),
  }
}
