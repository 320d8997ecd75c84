import { Problem } from './Problem.jsx'
import { SignedIn } from './SignedIn.jsx'

export function App({ profile, session, problem }) {
  return (
    <div className="App">
      <h1>SSO example</h1>
      {problem && <Problem {...problem} />}
      <p>
        <a href="/login">Sign in</a>
      </p>
      <p>
        <a href="/login/authkit">Continue with AuthKit</a>
      </p>
      <p>
        <a href="/logout">Sign out</a>
      </p>
      {profile && <SignedIn person={profile} shown={profile} label="Profile as JSON" />}
      {session && <SignedIn person={session.user} shown={session} label="Session as JSON" />}
    </div>
  )
}
