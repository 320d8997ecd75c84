import { useState } from 'react'

/**
 * Names who is signed in: after a sign-in from the identity provider, it is what tells a stranger's session apart.
 * `person` is a profile or a user, `shown` what the article prints of the sign-in.
 */
export function SignedIn({ person, shown, label }) {
  const name = [person.first_name, person.last_name].filter(Boolean).join(' ')
  const json = JSON.stringify(shown, null, 2)
  const [copied, setCopied] = useState(false)
  const copy = () => navigator.clipboard.writeText(json).then(() => setCopied(true))

  return (
    <section className="SignedIn" aria-labelledby="who">
      <h2 id="who">{`Signed in as ${name || person.email}`}</h2>
      {name && <p>{person.email}</p>}
      <pre aria-label={label} role="region">
        <code>{json}</code>
      </pre>
      <button type="button" onClick={() => void copy()}>
        Copy JSON
      </button>
      <span role="status">{copied ? ' Copied' : ''}</span>
    </section>
  )
}
