import { useState } from 'react'

/** Names who is signed in: after a sign-in from the identity provider, it is what tells a stranger's session apart. */
export function Profile({ profile }) {
  const name = [profile.first_name, profile.last_name].filter(Boolean).join(' ')
  const json = JSON.stringify(profile, null, 2)
  const [copied, setCopied] = useState(false)
  const copy = () => navigator.clipboard.writeText(json).then(() => setCopied(true))

  return (
    <section className="Profile" aria-labelledby="who">
      <h2 id="who">{`Signed in as ${name || profile.email}`}</h2>
      {name && <p>{profile.email}</p>}
      <pre aria-label="Profile as JSON" role="region">
        <code>{json}</code>
      </pre>
      <button type="button" onClick={() => void copy()}>
        Copy JSON
      </button>
      <span role="status">{copied ? ' Copied' : ''}</span>
    </section>
  )
}
