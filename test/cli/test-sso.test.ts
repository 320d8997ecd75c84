import { describe, expect, test } from 'vitest'
import { type Dev, folderForTest, runGatehouse, startDev } from './gatehouse.ts'

function api({ url, apiKey }: Dev, method: string, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  return fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

interface Report {
  readonly passed: boolean
  readonly trials: readonly {
    readonly scenario: string
    readonly flow: string
    readonly passed: boolean
    readonly problems: readonly string[]
    readonly run: { readonly state: string; readonly happened: string }
  }[]
}

describe('gatehouse test-sso', () => {
  test('signs in by every scenario, and exits with 1 once one does not end as it should', async () => {
    const data = await folderForTest()
    const dev = await startDev(data)
    try {
      const all = await runGatehouse(['test-sso', '--all', '--json', '--data', data])
      const report = JSON.parse(all.stdout) as Report // compared below
      expect(report.trials.map(({ scenario, flow, run, problems }) => [scenario, flow, run.state, problems])).toEqual([
        ['sp_initiated', 'standalone', 'passed', []],
        ['sp_initiated', 'authkit', 'passed', []],
        ['idp_initiated', 'standalone', 'passed', []],
        ['guest_email_domain', 'standalone', 'passed', []],
        ['guest_email_domain', 'authkit', 'passed', []],
        ['error_response', 'standalone', 'passed', []],
        ['error_response', 'authkit', 'passed', []],
      ])
      expect([all.code, report.passed]).toEqual([0, true])

      // With a sign-in endpoint the tile leads there, by way of a question, and the application begins by itself.
      await api(dev, 'PUT', '/authentication_settings', { sign_in_endpoint: 'http://localhost:9/sign-in' })
      const unasked = await runGatehouse(['test-sso', 'idp-initiated', '--json', '--data', data])
      const { trials } = JSON.parse(unasked.stdout) as Report
      expect(trials.map(({ flow, run, problems }) => [flow, run.state, problems])).toEqual([['authkit', 'passed', []]])
      const wrong = await runGatehouse(['test-sso', 'idp-initiated', '--flow', 'standalone', '--data', data])
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('begin it with flow "authkit"')])
      await api(dev, 'PUT', '/authentication_settings', { sign_in_endpoint: null })

      // Somebody changes the connection; what happens differs from what should.
      await api(dev, 'PUT', '/connections/conn_test_idp', { options: { allow_idp_initiated: false } })
      const tile = await runGatehouse(['test-sso', 'idp-initiated', '--flow', 'standalone', '--data', data])
      expect([tile.code, tile.stderr]).toEqual([1, 'gatehouse: 1 of 1 scenarios did not end as they should.\n'])
      expect(tile.stdout).toContain('!! Identity provider-initiated SSO, standalone')
      expect(tile.stdout).toContain('happened  Refused as idp_initiated_sso_disabled')
      expect(tile.stdout).toContain('problem   The callback received error=idp_initiated_sso_disabled, not none.')

      await api(dev, 'DELETE', '/connections/conn_test_idp')
      const none = await runGatehouse(['test-sso', '--all', '--data', data])
      expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('no working connection')])
    } finally {
      await dev.stop()
    }
  })

  test.each([
    ['neither one nor all', [], 'Say --all, or one scenario'],
    ['a scenario there is none of', ['sp-initated'], 'Did you mean "sp-initiated"?'],
    ['a flow there is none of', ['--all', '--flow', 'saml'], 'it must be standalone or authkit'],
  ])('refuses %s', async (_what, words, message) => {
    const { code, stderr } = await runGatehouse(['test-sso', ...words])
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)])
  })
})
