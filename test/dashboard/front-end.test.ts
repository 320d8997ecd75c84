import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dashboardPages } from '#http/dashboard/front-end.ts'
import { createServer } from '#http/server.ts'

const script = 'console.log("a page")'
let folder: string
let empty: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'))
  empty = await mkdtemp(join(tmpdir(), 'gatehouse-no-pages-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="NONCE"><script src="x"></script>')
  await writeFile(join(folder, 'secret.js'), 'not an asset')
  await writeFile(join(folder, 'assets', 'page-1.js'), script)
  await writeFile(join(folder, 'assets', 'page-1.js.br'), brotliCompressSync(script))
  await writeFile(join(folder, 'assets', 'page-1.js.gz'), gzipSync(script))
  await writeFile(join(folder, 'assets', 'plain.css'), 'a{}')
  await writeFile(join(folder, 'assets', 'notes.txt'), 'no type of ours')
})

afterAll(async () => {
  await rm(folder, { recursive: true })
  await rm(empty, { recursive: true })
})

async function get(path: string, { from = folder, accept = '' } = {}) {
  const server = createServer({ logger: false, trustProxy: false })
  dashboardPages(server, `${from}/`)
  return server.inject({ method: 'GET', url: path, headers: { 'accept-encoding': accept } })
}

describe('the document', () => {
  test.each(['/dashboard', '/dashboard/', '/dashboard/environment_1/organizations/org_1'])('is at %s', async (path) => {
    const { statusCode, headers, body } = await get(path)
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['cache-control']).toBe('no-store')
    expect(body).toContain('<script src="x">')
  })

  test('lets in no script and no style but its own', async () => {
    const { headers, body } = await get('/dashboard')
    const policy = String(headers['content-security-policy'])
    const nonce = /nonce="([^"]+)"/.exec(body)?.[1]
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain(`'nonce-${nonce}'`)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    const again = await get('/dashboard')
    expect(again.body, 'a nonce is used once').not.toBe(body)
  })

  test('is not there before it is built, and says how to build it', async () => {
    const { statusCode, headers, body } = await get('/dashboard', { from: empty })
    expect(statusCode).toBe(503)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(body).toContain('npm run build:dashboard')
  })
})

describe('an asset', () => {
  test.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['gzip, br', 'br', brotliDecompressSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
  ])('for a browser that takes %s', async (accept, encoding, open) => {
    const { statusCode, headers, rawPayload } = await get('/dashboard/assets/page-1.js', { accept })
    expect(statusCode).toBe(200)
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers['vary']).toBe('accept-encoding')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(open(rawPayload).toString()).toBe(script)
  })

  test('without a compressed copy is sent as it is', async () => {
    const { headers, body } = await get('/dashboard/assets/plain.css', { accept: 'br' })
    expect(headers['content-encoding']).toBeUndefined()
    expect(body).toBe('a{}')
  })

  test.each([
    '/dashboard/assets/missing.js',
    '/dashboard/assets/..%2Fsecret.js',
    '/dashboard/assets/%2E%2E%2Fsecret.js',
    '/dashboard/assets/..%5Csecret.js',
    '/dashboard/assets/notes.txt',
    '/dashboard/assets/page-1.js.br',
    '/dashboard/assets/.js',
    '/dashboard/assets/page-1.js%00.js',
  ])('is none at %s', async (path) => {
    const { statusCode, body } = await get(path)
    expect(statusCode).toBe(404)
    expect(body).not.toContain('not an asset')
  })
})

test('what is not served below /dashboard/api is no page', async () => {
  const { statusCode, headers } = await get('/dashboard/api/environment_1/nothing')
  expect(statusCode).toBe(404)
  expect(headers['content-type']).toContain('application/json')
})
