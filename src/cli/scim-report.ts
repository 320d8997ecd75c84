import { dialects } from '#test-idp/scim/dialects.ts'
import type { Failure, Verdict } from '#test-idp/scim/scorecard.ts'
import type { Report } from '#test-idp/scim/simulate.ts'
import type { Terminal } from './terminal.ts'

const shownBody = 1200

/** The whole report; the token is nowhere in it, not even where the server said it. */
export function reportAsJson(report: Report, token: string): string {
  const verdicts = report.verdicts.map((verdict) => ({ ...verdict, failures: verdict.failures.map(presentFailure) }))
  const hide = (_name: string, value: unknown) => (typeof value === 'string' ? redact(value, token) : value)
  return JSON.stringify({ ...report, verdicts }, hide, 2)
}

export function printReport(
  terminal: Terminal,
  report: Report,
  { endpoint, token, seconds }: { readonly endpoint: string; readonly token: string; readonly seconds: number },
): void {
  const { as, seed, requests, retries, verdicts, stoppedAfter, expected } = report
  const again = retries === 0 ? '' : `, ${retries} of them repeated`
  terminal.line(`${terminal.style('bold', dialects[as].title)} at ${endpoint}, seed ${seed}`)
  terminal.line(`  ${requests} requests${again}, ${(requests / seconds).toFixed(0)} a second`)
  if (stoppedAfter !== undefined)
    terminal.line(
      `  ${terminal.style('red', 'stopped')} after the ${stoppedAfter}: this client would not be switched on`,
    )
  else terminal.line(`  ${expected.users.length} people and ${expected.groups.length} groups are to be there now`)
  terminal.line()
  terminal.table(
    verdicts.map((verdict) => [symbolOf(terminal, verdict), countOf(verdict), verdict.claim, `(${verdict.source})`]),
  )
  for (const verdict of verdicts)
    for (const failure of verdict.failures) printFailure(terminal, verdict, failure, token)
}

function printFailure(terminal: Terminal, { claim, failed }: Verdict, failure: Failure, token: string): void {
  const { request, answer } = presentFailure(failure)
  const lines = [
    '',
    `${claim}: not so, ${failed === 1 ? 'once' : `${failed} times`}`,
    `  ${failure.detail}`,
    `  ${request.method} ${request.path}`,
    ...(request.body === undefined ? [] : [`  ${cut(JSON.stringify(request.body))}`]),
    answer ? `  ${answer.status} ${cut(answer.text)}` : `  no answer: ${failure.problem ?? ''}`,
  ]
  for (const line of lines) terminal.line(harmless(redact(line, token)))
}

function presentFailure({ detail, request, answer, problem }: Failure) {
  return {
    detail,
    request,
    ...(problem !== undefined && { problem }),
    answer: answer && { ...answer, text: cut(answer.text) },
  }
}

function symbolOf(terminal: Terminal, { failed }: Verdict): string {
  return failed === 0 ? terminal.symbol('✓', 'ok') : terminal.symbol('✗', '!!')
}

function countOf({ passed, failed }: Verdict): string {
  return failed === 0 ? String(passed) : `${failed} of ${passed + failed} failed`
}

function cut(text: string): string {
  return text.length > shownBody ? `${text.slice(0, shownBody)}…` : text
}

/** A server's text must not move the cursor or set the title of the terminal that shows it. */
function harmless(line: string): string {
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
}

function redact(text: string, token: string): string {
  return text.replaceAll(token, '***')
}
