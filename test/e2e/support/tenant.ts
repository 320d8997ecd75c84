import type { Gatehouse } from './gatehouse.ts'

type Server = Pick<Gatehouse, 'url' | 'apiKey'>

/** Calls the API as the environment that `gatehouse dev` prints the key of. */
export async function callApi<T = { id: string }>(
  { url, apiKey }: Server,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return (text === '' ? undefined : JSON.parse(text)) as T // as the contract of the path says
}

async function userOf(server: Server, email: string): Promise<string> {
  const { data } = await callApi<{ data: { id: string }[] }>(server, 'GET', `/user_management/users?email=${email}`)
  const [user] = data
  if (!user) throw new Error(`There is no user ${email}.`)
  return user.id
}

/** For the sample user to switch to. */
export async function addSecondOrganization(server: Server): Promise<void> {
  const { id } = await callApi(server, 'POST', '/organizations', { name: 'Second Organization' })
  const body = { user_id: await userOf(server, 'grace@example.org'), organization_id: id }
  await callApi(server, 'POST', '/user_management/organization_memberships', body)
}

export async function revokeSessionsOf(server: Server, email: string): Promise<void> {
  const path = `/user_management/users/${await userOf(server, email)}/sessions`
  const { data } = await callApi<{ data: { id: string }[] }>(server, 'GET', path)
  for (const { id } of data) await callApi(server, 'POST', '/user_management/sessions/revoke', { session_id: id })
}

/** A link that signs its opener in as somebody. */
export async function impersonationOf(server: Server, email: string, organization: string): Promise<string> {
  const path = `/user_management/users/${await userOf(server, email)}/impersonate`
  const body = { impersonator_email: 'support@vendor.test', reason: 'Ticket 4711', organization_id: organization }
  return (await callApi<{ url: string }>(server, 'POST', path, body)).url
}
