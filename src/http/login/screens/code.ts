import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { account, alert, field, form, linkForm, notice, primaryButton, type ScreenContext } from './parts.ts'

export interface CodeView {
  readonly purpose: 'magic-code' | 'email-verification'
  readonly email: string
  readonly minutes: number
  readonly fieldProblem?: string | undefined
  readonly problem?: string | undefined
  readonly notice?: string | undefined
  /** Whether there is a password to go back to. */
  readonly password: boolean
  readonly status?: number
}

/** One field, not six: those break pasting, screen readers and what fills codes in. */
export function codeScreen(context: ScreenContext, view: CodeView): Screen {
  const { say } = context
  const { purpose, email, minutes } = view
  return {
    page: purpose,
    heading: say(purpose === 'magic-code' ? 'codeTitle' : 'verifyTitle'),
    lead: say('codeSent', { email, count: minutes }),
    body: html`${alert(view.problem)} ${notice(view.notice)} ${account(context, email)}
      ${form(context, {
        step: purpose,
        body: html`${field(context, {
          name: 'code',
          label: say('code'),
          autocomplete: 'one-time-code',
          digits: true,
          problem: view.fieldProblem,
          autofocus: true,
        })}
        ${primaryButton(say('continue'))}`,
      })}
      <div class="ak-Footer">
        ${linkForm(context, `${purpose}/send`, say('codeAgain'))}
        ${
          view.password
            ? html`<p><a class="ak-Link" href="${context.action('password')}">${say('usePassword')}</a></p>`
            : ''
        }
      </div>`,
    ...(view.status !== undefined && { status: view.status }),
  }
}
