import { Problem } from './Problem.jsx'
import { Profile } from './Profile.jsx'

export function App({ profile, problem }) {
  return (
    <div className="App">
      <h1>SSO example</h1>
      {problem && <Problem {...problem} />}
      <p>
        <a href="/login">Sign in</a>
      </p>
      <p>
        <a href="/logout">Sign out</a>
      </p>
      {profile && <Profile profile={profile} />}
    </div>
  )
}
