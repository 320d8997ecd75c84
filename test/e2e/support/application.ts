import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

export interface Arrival {
  readonly url: URL
  readonly headers: Readonly<NodeJS.Dict<string | string[]>>
  readonly body: string
}

/** What a customer's developer runs: browsers come back to it, webhooks and logs are posted to it. */
export interface Application {
  readonly url: string
  /** Everything that came to a path, the oldest first. */
  at(path: string): readonly Arrival[]
  /** What it answers to posts from now on; 200 until told otherwise. */
  answerPosts(status: number): void
  stop(): void
}

export async function startApplication(port: number): Promise<Application> {
  const arrivals: Arrival[] = []
  const url = `http://localhost:${port}`
  let status = 200
  const server = createServer((request, response) => {
    void buffer(request).then((sent) => {
      const body = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent)
      const arrival = { url: new URL(request.url ?? '/', url), headers: request.headers, body }
      if (arrival.url.pathname !== '/favicon.ico') arrivals.push(arrival)
      response.statusCode = request.method === 'POST' ? status : 200
      response.setHeader('content-type', 'text/html')
      // Browsers ask for an icon otherwise, and complain when there is none.
      response.end('<!doctype html><link rel="icon" href="data:,"><title>App</title>Back in the application')
    })
  })
  server.listen(port, 'localhost')
  await once(server, 'listening')
  return {
    url,
    at: (path) => arrivals.filter((each) => each.url.pathname === path),
    answerPosts(next) {
      status = next
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
