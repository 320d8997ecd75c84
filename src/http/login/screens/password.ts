import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { account, alert, field, form, linkForm, primaryButton, type ScreenContext, usernameFor } from './parts.ts'

export interface PasswordView {
  readonly email: string
  readonly fieldProblem?: string | undefined
  readonly problem?: string | undefined
  /** Whether a code can be mailed instead. */
  readonly magicAuth: boolean
  readonly status?: number
}

export function passwordScreen(context: ScreenContext, view: PasswordView): Screen {
  const { say } = context
  return {
    page: 'sign-in/password',
    heading: say('passwordTitle'),
    body: html`${alert(view.problem)} ${account(context, view.email)}
      ${form(context, {
        step: 'password',
        body: html`${usernameFor(view.email)}
        ${field(context, {
          name: 'password',
          label: say('password'),
          type: 'password',
          autocomplete: 'current-password',
          problem: view.fieldProblem,
          autofocus: true,
        })}
        ${primaryButton(say('signIn'))}`,
      })}
      <div class="ak-Footer">
        <p><a class="ak-Link" href="${context.action('forgot')}">${say('passwordForgotten')}</a></p>
        ${view.magicAuth ? linkForm(context, 'magic-code/send', say('useCode')) : ''}
      </div>`,
    ...(view.status !== undefined && { status: view.status }),
  }
}
