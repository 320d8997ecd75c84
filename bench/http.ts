import { Pool } from 'undici'

/** A pool of connections to a server, closed with the bench. */
export function poolTo(undo: AsyncDisposableStack, url: string, connections: number): Pool {
  const pool = new Pool(url, { connections })
  undo.defer(() => pool.close())
  return pool
}

/** An API call that must succeed. */
export async function callApi<T>(pool: Pool, apiKey: string, path: string, body?: object): Promise<T> {
  const { statusCode, body: answer } = await pool.request({
    method: body ? 'POST' : 'GET',
    path,
    headers: { authorization: `Bearer ${apiKey}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${text}`)
  return JSON.parse(text) as T // the caller names the endpoint's type
}
