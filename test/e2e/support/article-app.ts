import type { Gatehouse } from './gatehouse.ts'
import { startProgram } from './program.ts'

export interface ArticleApp {
  readonly url: string
  output(): string
  stop(): Promise<void>
}

/** The example app, signing in at the given server. */
export async function startArticleApp(
  { apiKey, clientId, appPort, port }: Gatehouse,
  env: Readonly<Record<string, string>> = {},
): Promise<ArticleApp> {
  const url = `http://localhost:${appPort}`
  const { output, stop } = await startProgram({
    arguments: ['examples/article/server.js'],
    env: {
      PORT: String(appPort),
      WORKOS_API_KEY: apiKey,
      WORKOS_CLIENT_ID: clientId,
      WORKOS_API_PORT: String(port),
      ...env,
    },
    readyFrom: (line) => line.includes(url) || undefined,
  })
  return { url, output, stop }
}

/** The shortest app there is, with no word of our host in it. */
export async function startMinimalApp({ apiKey, clientId, appPort, url: server }: Gatehouse): Promise<ArticleApp> {
  const url = `http://localhost:${appPort}`
  const { output, stop } = await startProgram({
    arguments: ['--import', 'gatehouse/register', 'examples/article/minimal.js'],
    env: { PORT: String(appPort), WORKOS_API_KEY: apiKey, WORKOS_CLIENT_ID: clientId, GATEHOUSE_URL: server },
    readyFrom: (line) => line.includes(url) || undefined,
  })
  return { url, output, stop }
}
