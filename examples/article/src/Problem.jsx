/** Says what happened and what to do next. `detail` is text from outside; React escapes it. */
export function Problem({ title, cause, next, code, detail }) {
  return (
    <section className="Problem" role="alert">
      <h2>{title}</h2>
      <p>{cause}</p>
      {detail && (
        <p>
          The sign-in server says: <q>{detail}</q>
        </p>
      )}
      <p>
        <strong>{next}</strong>
      </p>
      {code && (
        <p className="code">
          Code: <code>{code}</code>
        </p>
      )}
    </section>
  )
}
