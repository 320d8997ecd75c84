import { useAuth } from '@workos-inc/authkit-react'
import { useEffect } from 'react'
import { Account } from './Account.jsx'

export function App() {
  const { isLoading, user, signIn, signUp } = useAuth()
  // Where sign-ins begin that somebody else asks for: an invitation, or an administrator who looks as somebody.
  const begins = window.location.pathname === '/login'
  useEffect(() => {
    if (begins && !isLoading) void signIn()
  }, [begins, isLoading, signIn])
  if (isLoading || begins) return <p role="status">Looking for your session…</p>
  return (
    <>
      <h1>React example</h1>
      {user ? (
        <Account user={user} />
      ) : (
        <p>
          <button type="button" className="primary" onClick={() => void signIn()}>
            Sign in
          </button>{' '}
          <button type="button" onClick={() => void signUp()}>
            Sign up
          </button>
        </p>
      )}
    </>
  )
}
