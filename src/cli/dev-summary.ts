import type { FastifyInstance } from 'fastify'
import { sampleUser } from '#domain/seeds/sample-user.ts'
import type { Terminal } from './terminal.ts'

/** What dev brought up. */
export interface Ready {
  readonly url: string
  readonly port: number
  readonly testIdpUrl: string
  readonly exampleUrl: string | undefined
  readonly apiKey: string
  readonly clientId: string
  readonly data: string
  readonly seconds: number
}

/** The test identity provider's own people. */
const people = ['lela.block@example.com', 'todd@example.com', 'jacob.morris@example.com']

/** One line for programs. */
export function jsonLine({ url, apiKey, clientId }: Ready): string {
  return JSON.stringify({ url, apiKey, clientId, health: `${url}/healthz`, pid: process.pid })
}

/** What is where, what to put into the application, and what to do first. */
export function printSummary(terminal: Terminal, ready: Ready, server: FastifyInstance): void {
  const { url, port, testIdpUrl, exampleUrl, apiKey, clientId, data, seconds } = ready
  const arrow = terminal.style('green', `${terminal.symbol('←', '<-')} open this and click "Sign in"`)
  const has = (path: string) => server.hasRoute({ method: 'GET', url: path })
  const links: [string, string, string?][] = []
  if (exampleUrl !== undefined) links.push(['Example app', exampleUrl, arrow])
  const hasTestIdp = has('/test-idp/')
  if (hasTestIdp) links.push(['Test IdP', testIdpUrl])
  links.push(['API', url])
  if (has('/mailbox/')) links.push(['Mailbox', `${url}/mailbox/`])
  if (has('/openapi.json')) links.push(['OpenAPI', `${url}/openapi.json`])

  terminal.line()
  for (const [name, link, note = ''] of links)
    terminal.line(`  ${terminal.style('bold', name.padEnd(14))} ${link.padEnd(40)} ${note}`.trimEnd())
  terminal.line()
  terminal.line(`  WORKOS_API_KEY=${apiKey}`)
  terminal.line(`  WORKOS_CLIENT_ID=${clientId}`)
  if (exampleUrl === undefined)
    terminal.line(`  WORKOS_API_HOSTNAME=localhost  WORKOS_API_PORT=${port}  WORKOS_API_HTTPS=false`)
  terminal.line()
  if (hasTestIdp) terminal.line(`  ${terminal.style('bold', 'Sign in as'.padEnd(14))} ${people.join(', ')}`)
  terminal.line(`  ${terminal.style('bold', 'By password'.padEnd(14))} ${sampleUser.email} / ${sampleUser.password}`)
  terminal.line()
  terminal.line(`  Ready in ${seconds.toFixed(1)} s. Data in ${data}. Press Ctrl-C to stop.`)
}
