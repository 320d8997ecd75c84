import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { exitCodes } from './failure.ts'
import { askApi } from './try-scenario.ts'

test('a page of a proxy in between is told as one, and is nobody’s wrong request', async () => {
  const proxy = createServer((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>502 Bad Gateway</h1>')
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has an address with a port.')
  const url = `http://127.0.0.1:${address.port}`
  try {
    await expect(askApi({ url, key: 'sk_test_1' }, 'GET', '/test_sso_runs/x')).rejects.toMatchObject({
      name: 'Failure',
      exitCode: exitCodes.environment,
      message: `${url} answered 502 with text/html, which is no answer of Gatehouse’s API.`,
    })
  } finally {
    proxy.close()
  }
})
