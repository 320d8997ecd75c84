import { useAuth } from '@workos-inc/authkit-react'
import { Account } from './Account.jsx'

export function App() {
  const { isLoading, user, signIn, signUp } = useAuth()
  if (isLoading) return <p role="status">Looking for your session…</p>
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
