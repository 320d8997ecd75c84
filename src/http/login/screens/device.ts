import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { account, alert, field, form, primaryButton, type ScreenContext } from './parts.ts'

export interface DeviceView {
  readonly email: string
  /** From the link, to compare. */
  readonly code?: string | undefined
  readonly problem?: string | undefined
  readonly fieldProblem?: string | undefined
  readonly status?: number
}

export function deviceScreen(context: ScreenContext, view: DeviceView): Screen {
  const { say } = context
  return {
    page: 'device',
    heading: say('deviceTitle'),
    lead: say('deviceText'),
    body: html`${alert(view.problem)} ${account(context, view.email)}
    ${form(context, {
      step: 'device',
      body: html`${field(context, {
        name: 'code',
        label: say('deviceCode'),
        value: view.code,
        autocomplete: 'off',
        problem: view.fieldProblem,
        autofocus: true,
        spelled: true,
      })}
      ${primaryButton(say('continue'))}`,
    })}`,
    ...(view.status !== undefined && { status: view.status }),
  }
}

/**
 * RFC 8628 §5.4: a stranger may have sent the link, and would be signed in as whoever agrees. So agreeing is a decision
 * of its own, with the code to compare, and says what it does.
 */
export function deviceConfirmScreen(
  context: ScreenContext,
  { email, code }: { readonly email: string; readonly code: string },
): Screen {
  const { say, look } = context
  const { application_name: app } = look.brand.settings
  return {
    page: 'device',
    heading: say('deviceConfirmTitle'),
    lead: app === null ? say('deviceWants', { email }) : say('deviceWantsFor', { email, app }),
    body: html`<p class="ak-Text">${say('deviceCompare')}</p>
      <p class="ak-DeviceCode" dir="ltr">${code}</p>
      <div class="ak-Alert">${say('deviceWarning')}</div>
      <div class="ak-Stack">
        ${form(context, { step: 'device/confirm', body: primaryButton(say('deviceAllow')) })}
        ${form(context, {
          step: 'device/deny',
          body: html`<button class="ak-SecondaryButton" type="submit">${say('deviceDeny')}</button>`,
        })}
      </div>`,
  }
}

export function deviceDoneScreen({ say }: Pick<ScreenContext, 'say'>, answer: 'approved' | 'denied'): Screen {
  const approved = answer === 'approved'
  return {
    page: 'device',
    heading: say(approved ? 'deviceDoneTitle' : 'deviceDeniedTitle'),
    body: html`<p class="ak-Text">${say(approved ? 'deviceDoneText' : 'deviceDeniedText')}</p>`,
  }
}
