import { html } from 'hono/html'
import type { Screen } from '../frame.ts'
import { alert, field, form, primaryButton, type ScreenContext, secret } from './parts.ts'

export interface EnrolView {
  /** A data URL. */
  readonly picture: string
  readonly key: string
  readonly fieldProblem?: string | undefined
  readonly problem?: string | undefined
}

export function enrolScreen(context: ScreenContext, view: EnrolView): Screen {
  const { say } = context
  const { problem, fieldProblem } = view
  return {
    page: 'mfa/enrollment',
    heading: say('mfaEnrolTitle'),
    lead: say('mfaEnrolText'),
    body: html`${alert(problem)} <img class="ak-Picture" src="${view.picture}" alt="${say('mfaPicture')}" />
      <div class="ak-Field">
        <p class="ak-Label">${say('mfaKey')}</p>
        ${secret(context, view.key, view.key.replaceAll(/.{4}(?=.)/g, '$& '))}
      </div>
      ${form(context, {
        step: 'mfa/enrollment',
        body: html`${codeField(context, fieldProblem)} ${primaryButton(say('continue'))}`,
      })}`,
    ...(fieldProblem !== undefined && { status: 422 }),
  }
}

export interface ChallengeView {
  /** Whether a recovery code is asked for instead. */
  readonly recovery: boolean
  readonly fieldProblem?: string | undefined
  readonly problem?: string | undefined
  readonly status?: number
}

export function challengeScreen(context: ScreenContext, view: ChallengeView): Screen {
  const { say, action } = context
  const { recovery, fieldProblem } = view
  return {
    page: 'mfa/verification',
    heading: say('mfaTitle'),
    ...(!recovery && { lead: say('mfaText') }),
    body: html`${alert(view.problem)}
      ${form(context, {
        step: recovery ? 'mfa/recovery' : 'mfa/verification',
        body: html`${recovery ? recoveryField(context, fieldProblem) : codeField(context, fieldProblem)}
        ${primaryButton(say('continue'))}`,
      })}
      <div class="ak-Footer">
        <p>
          <a class="ak-Link" href="${action(recovery ? 'mfa/verification' : 'mfa/recovery')}"
            >${say(recovery ? 'mfaUse' : 'recoveryUse')}</a
          >
        </p>
      </div>`,
    ...(view.status !== undefined && { status: view.status }),
  }
}

/** Shown once, after the first factor was set up; a page that is loaded again has none left to show. */
export function recoveryCodesScreen(context: ScreenContext, codes: readonly string[]): Screen {
  const { say } = context
  return {
    page: 'mfa/enrollment',
    heading: say('recoveryTitle'),
    lead: say('recoveryText'),
    body: html`${
      codes.length === 0
        ? ''
        : html`<ul class="ak-Codes" dir="ltr">
            ${codes.map((code) => html`<li>${code}</li>`)}
          </ul>`
    }
    ${form(context, { step: 'mfa/kept', body: primaryButton(say('recoveryKept')) })}`,
  }
}

function codeField(context: ScreenContext, problem: string | undefined) {
  return field(context, {
    name: 'code',
    label: context.say('mfaCode'),
    autocomplete: 'one-time-code',
    digits: true,
    problem,
    autofocus: true,
  })
}

function recoveryField(context: ScreenContext, problem: string | undefined) {
  return field(context, {
    name: 'code',
    label: context.say('recoveryCode'),
    autocomplete: 'off',
    problem,
    autofocus: true,
  })
}
