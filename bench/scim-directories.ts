import type { Pool } from 'undici'
import type { CreatedDirectory } from '#contracts/directories.ts'
import type { Organization } from '#contracts/organizations.ts'
import { callApi } from './http.ts'

/** One request of an identity provider that must succeed. @returns the body, or an empty object for none. */
export type Send = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<{ id: string }>

/** Makes a directory. @returns what an identity provider does with it. */
export async function connectDirectory(pool: Pool, apiKey: string): Promise<Send> {
  const organization = await callApi<Organization>(pool, apiKey, '/organizations', { name: 'Bench' })
  const directory = await callApi<CreatedDirectory>(pool, apiKey, '/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
  })
  return sendTo(pool, new URL(directory.endpoint).pathname, directory.bearer_token ?? undefined)
}

/** @param token none where nobody asks for one. */
export function sendTo(pool: Pool, base: string, token?: string): Send {
  return async (method, path, body) => {
    const answer = await pool.request({
      method,
      path: base + path,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/scim+json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`)
    // An empty list would be quick whatever is in the way of finding somebody.
    if (text.includes('"totalResults":0')) throw new Error(`${path} found nobody`)
    return (text === '' ? {} : JSON.parse(text)) as { id: string } // lists and 204 are looked at no further
  }
}

export const eq = (attribute: string, value: string) => encodeURIComponent(`${attribute} eq "${value}"`)
export const group = (displayName: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
  displayName,
})
