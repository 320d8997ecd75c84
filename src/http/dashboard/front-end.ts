import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'hono/html'
import { NotFound } from '#domain/errors.ts'
import { sendPage } from '../pages/layout.ts'

/** What the build leaves, see scripts/build-dashboard.mjs. */
const builtFolder = fileURLToPath(new URL('../../../dist/dashboard/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

/**
 * Besides our style sheet there are three that are made while the page runs: one that holds the page still behind a
 * dialog, which takes the nonce, and these of Radix Themes' scroll areas and selections, which do not.
 */
const radixStyles =
  "'sha256-vGQdhYJbTuF+M8iCn1IZCHpdkiICocWHDq4qnQF4Rjw=' 'sha256-441zG27rExd4/il+NvIqyL8zFx5XmyNQtE381kSkUJk='"

/** Their names hold a hash of what is in them. */
const forever = 'public, max-age=31536000, immutable'

/**
 * The dashboard's pages: one document for every path below `/dashboard`, and its files. It holds nothing about anybody:
 * who may see what is decided by the calls it makes.
 */
export function dashboardPages(app: FastifyInstance, folder: string = builtFolder): void {
  const files = new FileCache(`${folder}assets/`)
  const document = async (_request: FastifyRequest, reply: FastifyReply) => sendDocument(reply, folder)
  app.get('/dashboard', document)
  app.get('/dashboard/*', document)
  // No page is below here: what is not served is not there.
  app.get('/dashboard/api/*', async (_request, reply) => reply.callNotFound())
  app.get('/dashboard/assets/:name', async (request, reply) => {
    const { name } = request.params as { name: string } // the route has it
    // Names of one segment, so that none leads out of the folder.
    const type = types[/^[\w-][\w.-]*\.(\w+)$/.exec(name)?.[1] ?? '']
    if (type === undefined) throw new NotFound('Asset', name)
    const encoding = encodingOf(request.headers['accept-encoding'])
    const encoded = encoding && (await files.read(name + encoding.suffix))
    const bytes = encoded ?? (await files.read(name))
    if (!bytes) throw new NotFound('Asset', name)
    if (encoded) reply.header('content-encoding', encoding.name)
    return reply.headers({ 'cache-control': forever, vary: 'accept-encoding' }).type(type).send(bytes)
  })
}

/** Files that never change once they are there. */
class FileCache {
  readonly #folder: string
  readonly #files = new Map<string, Buffer>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async read(name: string): Promise<Buffer | undefined> {
    const bytes = this.#files.get(name) ?? (await readIfThere(this.#folder + name))
    if (bytes) this.#files.set(name, bytes)
    return bytes
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function encodingOf(accepted: string | undefined): { readonly name: string; readonly suffix: string } | undefined {
  const names = (accepted ?? '').split(',').map((part) => part.trim())
  if (names.includes('br')) return { name: 'br', suffix: '.br' }
  if (names.includes('gzip')) return { name: 'gzip', suffix: '.gz' }
  return undefined
}

async function sendDocument(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const bytes = await readIfThere(`${folder}index.html`)
  if (!bytes) return sendMissing(reply)
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}' ${radixStyles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    // The login box as it would look, in the branding editor.
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
  return reply
    .headers({
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    })
    .type('text/html; charset=utf-8')
    .send(bytes.toString().replaceAll('NONCE', nonce))
}

function sendMissing(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 503, {
    title: 'The dashboard is not built',
    body: html`<p>Its files are missing from this installation. Everything else works.</p>
      <p>Build it where Gatehouse is installed with its development dependencies, then load this page again:</p>
      <pre>npm run build:dashboard</pre>`,
  })
}
