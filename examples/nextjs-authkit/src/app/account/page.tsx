import { getWorkOS, withAuth } from '@workos-inc/authkit-nextjs'
import { signOutOfApp, switchTo } from './actions.ts'
import { Live } from './Live.tsx'

/** For people who are signed in; everybody else is sent to the login box, and then back here. */
export default async function Account() {
  const { user, organizationId, role, sessionId } = await withAuth({ ensureSignedIn: true })
  const memberships = await getWorkOS().userManagement.listOrganizationMemberships({
    userId: user.id,
    statuses: ['active'],
  })
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
  const shown = { user, organizationId, role, sessionId }
  return (
    <>
      <h1>{`Signed in as ${name || user.email}`}</h1>
      <pre aria-label="Session as JSON" role="region">
        <code>{JSON.stringify(shown, null, 2)}</code>
      </pre>
      <Live />
      <h2>Organizations</h2>
      <ul>
        {memberships.data.map((membership) => (
          <li key={membership.id}>
            {membership.organizationName}
            {membership.organizationId === organizationId ? (
              ' (current)'
            ) : (
              <form action={switchTo.bind(null, membership.organizationId)}>
                <button type="submit">Switch to {membership.organizationName}</button>
              </form>
            )}
          </li>
        ))}
      </ul>
      <form action={signOutOfApp}>
        <button type="submit">Sign out</button>
      </form>
    </>
  )
}
