import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { alert, field, form, primaryButton, type ScreenContext, usernameFor } from './parts.ts'
import { newPassword, type PasswordRules } from './sign-up.ts'

export interface ForgotView {
  readonly email?: string | undefined
  readonly fieldProblem?: string | undefined
  readonly problem?: string | undefined
}

export function forgotScreen(context: ScreenContext, view: ForgotView): Screen {
  const { say } = context
  return {
    page: 'reset-password',
    heading: say('forgotTitle'),
    lead: say('forgotText'),
    body: html`${alert(view.problem)}
      ${form(context, {
        step: 'forgot',
        body: html`${field(context, {
          name: 'email',
          label: say('email'),
          type: 'email',
          value: view.email,
          autocomplete: 'username',
          problem: view.fieldProblem,
          autofocus: true,
        })}
        ${primaryButton(say('forgotSend'))}`,
      })}
      <div class="ak-Footer"><p>${backToSignIn(context)}</p></div>`,
    ...(view.fieldProblem !== undefined && { status: 422 }),
  }
}

/** The same whether there is such an account or not. */
export function forgotSentScreen(context: ScreenContext, view: { email: string; minutes: number }): Screen {
  const { say } = context
  return {
    page: 'reset-password',
    heading: say('forgotSentTitle'),
    body: html`<p class="ak-Text">${say('forgotSent', { email: view.email, count: view.minutes })}</p>
      <div class="ak-Footer"><p>${backToSignIn(context)}</p></div>`,
  }
}

export interface ResetView {
  readonly email: string
  /** From the mail; it alone says whose password it is. */
  readonly token: string
  readonly rules: PasswordRules
  readonly fieldProblem?: string | undefined
}

export function resetScreen(context: ScreenContext, view: ResetView): Screen {
  const { say } = context
  return {
    page: 'reset-password',
    heading: say('resetTitle'),
    lead: view.email,
    body: form(context, {
      step: 'reset',
      body: html`<input type="hidden" name="token" value="${view.token}" /> ${usernameFor(view.email)}
        ${newPassword(context, view.rules, say('newPassword'), view.fieldProblem)} ${primaryButton(say('resetSave'))}`,
    }),
    ...(view.fieldProblem !== undefined && { status: 422 }),
  }
}

/** @param url where another may be asked for, as far as the token tells whose it was. */
export function resetGoneScreen({ say }: Pick<ScreenContext, 'say'>, url: string | undefined): Screen {
  return {
    page: 'reset-password',
    heading: say('resetGoneTitle'),
    body: html`<p class="ak-Text">${say('resetGone')}</p>
      ${url === undefined ? '' : html`<a class="ak-PrimaryButton" href="${url}">${say('resetAnother')}</a>`}`,
    status: 410,
  }
}

export function resetDoneScreen({ say }: Pick<ScreenContext, 'say'>, url: string): Screen {
  return {
    page: 'reset-password',
    heading: say('resetDone'),
    body: html`<a class="ak-PrimaryButton" href="${url}">${say('signIn')}</a>`,
  }
}

function backToSignIn({ say, action }: ScreenContext) {
  return html`<a class="ak-Link" href="${action('sign-in')}">${say('signIn')}</a>`
}
