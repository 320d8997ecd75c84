import type { SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}dt{font-weight:600}dd{margin:0 0 .6rem;overflow-wrap:anywhere}
td,th{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
td:not(:last-child) pre{white-space:nowrap}`

/** A sign-in attempt as one page that needs neither a server nor this one: for a ticket, or for paper. */
export function traceDocument(attempt: SignInAttemptTrace): string {
  const { id, email, state, created_at, finding, timeline, checks } = attempt
  const title = `Sign-in attempt of ${email ?? 'somebody unknown'}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${asText(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${asText(title)}</h1>
${facts([
  ['State', state],
  ['At', created_at],
  ['Reference', id],
  ['Connection', attempt.connection_id ?? 'none'],
  ['Address', attempt.ip_address ?? 'unknown'],
  ['Browser', attempt.user_agent ?? 'unknown'],
])}
${
  finding
    ? `<h2>Why it failed</h2>\n${facts([
        ['What was wrong', finding.message],
        ['Expected', finding.expected.join(', ')],
        ['Received', finding.received.join(', ')],
        ['Changed by', finding.side.replaceAll('_', ' ')],
        ['Clause', finding.clause ?? ''],
      ])}`
    : ''
}
<h2>What happened</h2>
${table(timeline.map(({ at, step, facts: known }) => [at, step.replaceAll('_', ' '), JSON.stringify(known, null, 2)]))}
<h2>Checks</h2>
${table(checks.map(({ name, clause, outcome }) => [outcome.replaceAll('_', ' '), name.replaceAll('_', ' '), clause]))}
</body>
</html>
`
}

function facts(all: readonly (readonly [string, string])[]): string {
  const known = all.filter(([, value]) => value !== '')
  return `<dl>${known.map(([name, value]) => `<dt>${asText(name)}</dt><dd>${asText(value)}</dd>`).join('')}</dl>`
}

function table(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p>None.</p>'
  const cells = (row: readonly string[]) => row.map((cell) => `<td><pre>${asText(cell)}</pre></td>`).join('')
  return `<table>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</table>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Most of it was said by somebody else, who may have meant it as markup. */
function asText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
