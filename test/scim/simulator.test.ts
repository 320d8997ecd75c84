import { describe, expect, test } from 'vitest'
import { dialectNames } from '#test-idp/scim/dialects.ts'
import { sendOverHttp } from '#test-idp/scim/http-send.ts'
import { simulate } from '#test-idp/scim/simulate.ts'
import { createScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

describe('every client gets along with our server', () => {
  test.each(dialectNames)('%s', async (as) => {
    const client = await createScimClient(server)
    const endpoint = server.url + new URL(client.directory.endpoint).pathname
    const send = sendOverHttp({ endpoint, token: client.directory.bearer_token ?? '', fetch })
    const report = await simulate(
      { as, users: 12, groups: 3, changes: 20, seed: 1, concurrency: 4 },
      { send, wait: async () => undefined },
    )
    const failures = report.verdicts.filter(({ failed }) => failed > 0)
    expect(
      JSON.stringify(
        failures.map((f) => ({ id: f.id, failures: f.failures.slice(0, 2) })),
        null,
        1,
      ),
    ).toEqual('[]')
    console.log(as, report.requests, report.verdicts.map(({ id, passed }) => `${id} ${passed}`).join(', '))
  })
})
