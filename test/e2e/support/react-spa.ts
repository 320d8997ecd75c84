import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { Gatehouse } from './gatehouse.ts'
import { startProgram } from './program.ts'

const folder = fileURLToPath(new URL('../../../examples/react-spa/', import.meta.url))

export function buildReactSpa(): Promise<unknown> {
  return build({ root: folder, configFile: `${folder}vite.config.js`, logLevel: 'warn' })
}

export interface ReactSpa {
  readonly url: string
  stop(): Promise<void>
}

/** The example with its API, once it is built. */
export async function startReactSpa(
  { apiKey, clientId, port }: Gatehouse,
  at: { readonly port: number; readonly sessionInCookie: boolean },
): Promise<ReactSpa> {
  const url = `http://localhost:${at.port}`
  const { stop } = await startProgram({
    arguments: ['examples/react-spa/server.js'],
    env: {
      PORT: String(at.port),
      WORKOS_API_KEY: apiKey,
      WORKOS_CLIENT_ID: clientId,
      WORKOS_API_PORT: String(port),
      SESSION_IN_COOKIE: String(at.sessionInCookie),
    },
    readyFrom: (line) => line.includes(url) || undefined,
  })
  return { url, stop }
}
