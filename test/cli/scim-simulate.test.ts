import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'
import { runGatehouse } from './gatehouse.ts'

const server = useTestServer()

async function directory(): Promise<{ base: string; token: string }> {
  const { directory: made } = await createScimClient(server)
  return { base: server.url + new URL(made.endpoint).pathname, token: made.bearer_token ?? '' }
}

const small = ['--users', '6', '--groups', '2', '--seed', '3']

describe('gatehouse scim simulate', () => {
  test('plays a directory, prints the report, and exits with 0', async () => {
    const { base, token } = await directory()
    const args = ['scim', 'simulate', '--as', 'entra', '--base', `${base}/`, ...small]
    const { code, stdout, stderr } = await runGatehouse(args, { env: { GATEHOUSE_SCIM_TOKEN: token } })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Microsoft Entra ID at ${base}, seed 3`)
    expect(stdout).toMatch(/ {2}\d+ requests, \d+ a second/)
    expect(stdout).toContain('to be there now: 5 people, 1 group')
    expect(stdout).toMatch(/ok +\d+ +In the end everybody is there/)
    expect(stdout).not.toContain('!!')
    expect(stdout).not.toContain(token)
  })

  test('as JSON for programs; a token on the command line is taken with a warning', async () => {
    const { base, token } = await directory()
    const args = ['scim', 'simulate', '--json', '--base', base, '--token', token, ...small, '--concurrency', '2']
    const { code, stdout, stderr } = await runGatehouse(args)
    const warning = 'gatehouse: other users of this machine can read --token; GATEHOUSE_SCIM_TOKEN is safer.\n'
    expect([code, stderr], stdout).toEqual([0, warning])
    const report: unknown = JSON.parse(stdout)
    expect(report).toMatchObject({ as: 'okta', seed: 3, passed: true, retries: 0, expected: { users: { length: 6 } } })
    expect(stdout).not.toContain(token)
  })

  test('exits with 1 and says what was wrong, without the token and without doing what a server says to the terminal', async () => {
    const token = 'secret-token'
    const liar = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/scim+json' })
      response.end(`\u001B]0;owned\u0007 ${request.headers.authorization}`)
    })
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void liar.close())
    const base = `http://127.0.0.1:${(liar.address() as AddressInfo).port}` // it listens on a port
    const args = ['scim', 'simulate', '--base', base, ...small]
    const env = { GATEHOUSE_SCIM_TOKEN: token }
    const { code, stdout, stderr } = await runGatehouse(args, { env })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^gatehouse: \d of \d expectations were not met\.\n$/)])
    expect(stdout).toContain('stopped after the probe')
    expect(stdout).toContain('GET /Users?startIndex=1&count=2')
    expect(stdout).toContain('Bearer ***')
    expect(stdout).not.toContain('\u001B')
    const asJson = await runGatehouse([...args, '--json'], { env })
    expect(asJson.code).toBe(1)
    expect(JSON.parse(asJson.stdout)).toMatchObject({ passed: false, stoppedAfter: 'probe' })
    for (const text of [stdout, asJson.stdout]) expect(text).not.toContain(token)
  })

  test.each([
    [['scim', 'run'], '"run" is not known here. Did you mean "gatehouse scim simulate"?'],
    [['scim', 'simulate'], '--base is missing: the SCIM endpoint of the directory, as in https://….'],
    [
      ['scim', 'simulate', '--base', 'ftp://x'],
      '--base is "ftp://x"; it must be an http or https URL without a query.',
    ],
    [['scim', 'simulate', '--base', 'http://localhost:1'], 'There is no token. Set GATEHOUSE_SCIM_TOKEN to the'],
    [
      ['scim', 'simulate', '--base', 'http://localhost:1', '--as', 'otka'],
      '--as is "otka". Did you mean "okta"? There are: okta, okta-custom, entra, entra-compliant, onelogin, jumpcloud, rippling, ping.',
    ],
    [
      ['scim', 'simulate', '--base', 'http://localhost:1', '--users', '1e3'],
      '--users is "1e3"; it must be a whole number up to 100000.',
    ],
  ])('gatehouse %s', async (args, sentence) => {
    const { code, stdout, stderr } = await runGatehouse(args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.slice(0, `gatehouse: ${sentence}`.length)).toBe(`gatehouse: ${sentence}`)
  })

  test('a token that no header can hold is refused before it is sent, and not repeated', async () => {
    const env = { GATEHOUSE_SCIM_TOKEN: 'two words' }
    const { code, stderr } = await runGatehouse(['scim', 'simulate', '--base', 'http://localhost:1'], { env })
    expect(code).toBe(1)
    expect(stderr).toBe('gatehouse: The token holds blanks or signs that no bearer token has. Copy it again.\n')
  })
})
