import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Gatehouse } from './gatehouse.ts'
import { startProgram } from './program.ts'

const folder = fileURLToPath(new URL('../../../examples/nextjs-authkit/', import.meta.url))
const next = createRequire(`${folder}package.json`).resolve('next/dist/bin/next')
const env = { NEXT_TELEMETRY_DISABLED: '1' }

export async function buildNextApp(): Promise<void> {
  await promisify(execFile)(process.execPath, [next, 'build'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
  })
}

export interface NextApp {
  readonly url: string
  output(): string
  stop(): Promise<void>
}

/** The example, once it is built, signing in at the given server. */
export async function startNextApp(
  { apiKey, clientId, port, appPort }: Gatehouse,
  more: Readonly<Record<string, string>> = {},
): Promise<NextApp> {
  const url = `http://localhost:${appPort}`
  const { output, stop } = await startProgram({
    arguments: [next, 'start', folder, '--port', String(appPort), '--hostname', 'localhost'],
    env: {
      ...env,
      NODE_ENV: 'production',
      WORKOS_API_KEY: apiKey,
      WORKOS_CLIENT_ID: clientId,
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: String(port),
      WORKOS_API_HTTPS: 'false',
      WORKOS_COOKIE_PASSWORD: 'for tests alone, and long enough to seal with',
      NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${url}/callback`,
      ...more,
    },
    readyFrom: (line) => line.includes('Ready in') || undefined,
  })
  return { url, output, stop }
}
