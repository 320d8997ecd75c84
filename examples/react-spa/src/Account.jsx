import { useAuth } from '@workos-inc/authkit-react'
import { useEffect, useState } from 'react'

/** Who is signed in, where, and what the example's own API says about the access token. */
export function Account({ user }) {
  const { organizationId, role, authenticationMethod, impersonator, signOut } = useAuth()
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
  const session = { user, organizationId, role, authenticationMethod }
  return (
    <section aria-labelledby="who">
      <h2 id="who">{`Signed in as ${name || user.email}`}</h2>
      {impersonator && <p role="alert">{`${impersonator.email} looks as ${user.email}: ${impersonator.reason}`}</p>}
      <pre aria-label="Session as JSON" role="region">
        <code>{JSON.stringify(session, null, 2)}</code>
      </pre>
      <Organizations current={organizationId} />
      <AskTheApi />
      <p>
        <button type="button" onClick={() => signOut({ returnTo: `${window.location.origin}/` })}>
          Sign out
        </button>
      </p>
    </section>
  )
}

function Organizations({ current }) {
  const { getAccessToken, switchToOrganization } = useAuth()
  const [organizations, setOrganizations] = useState([])
  useEffect(() => {
    getAccessToken()
      .then((token) => askApi('/api/organizations', token))
      .then(setOrganizations)
      .catch(() => setOrganizations([]))
  }, [getAccessToken])
  return (
    <ul aria-label="Organizations">
      {organizations.map(({ id, name }) => (
        <li key={id}>
          {id === current ? (
            <>{name} (current)</>
          ) : (
            <button type="button" onClick={() => void switchToOrganization({ organizationId: id })}>
              Switch to {name}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

function AskTheApi() {
  const { getAccessToken } = useAuth()
  const [answer, setAnswer] = useState('')
  const ask = async () => {
    try {
      // Renews the token first when it has run out.
      const me = await askApi('/api/me', await getAccessToken())
      setAnswer(`The API knows ${me.user} in ${me.organization ?? 'no organization'}.`)
    } catch (error) {
      setAnswer(error.name === 'LoginRequiredError' ? 'Your session is over. Sign in again.' : error.message)
    }
  }
  return (
    <p>
      <button type="button" onClick={() => void ask()}>
        Ask the API
      </button>{' '}
      <span role="status">{answer}</span>
    </p>
  )
}

async function askApi(path, token) {
  const response = await fetch(path, { headers: { authorization: `Bearer ${token}` } })
  const body = await response.json()
  if (!response.ok) throw new Error(body.error)
  return body
}
