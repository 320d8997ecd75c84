import { html } from 'hono/html'
import { putsFamilyNameFirst } from '#domain/locales/say.ts'
import type { Html } from '../../pages/layout.ts'
import type { Screen } from '../frame.ts'
import { alert, field, form, primaryButton, type ScreenContext } from './parts.ts'
import { type ProviderButton, providerButtons } from './sign-in.ts'

export interface PasswordRules {
  readonly minimumLength: number
  readonly refuseCommon: boolean
}

export interface SignUpView {
  readonly email?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** By field. */
  readonly problems: Readonly<Partial<Record<'email' | 'first_name' | 'last_name' | 'password', string>>>
  readonly problem?: string | undefined
  /** Undefined where accounts have none. */
  readonly password: PasswordRules | undefined
  readonly providers: readonly ProviderButton[]
  readonly status?: number
}

export function signUpScreen(context: ScreenContext, view: SignUpView): Screen {
  const { say, look } = context
  const { application_name: app, sign_up_title: title } = look.brand.settings
  const { problems } = view
  return {
    page: 'sign-up',
    heading: title ?? (app === null ? say('signUp') : say('signUpFor', { app })),
    body: html`${alert(view.problem)}
      ${form(context, {
        step: 'sign-up',
        body: html`${field(context, {
          name: 'email',
          label: say('email'),
          type: 'email',
          value: view.email,
          autocomplete: 'username',
          problem: problems.email,
          autofocus: problems.email !== undefined || view.email === undefined,
        })}
        ${names(context, view)}
        ${view.password === undefined ? '' : newPassword(context, view.password, say('password'), problems.password)}
        ${primaryButton(say('signUpAction'))}`,
      })}
      ${
        view.providers.length === 0
          ? ''
          : html`<div class="ak-Divider">${say('or')}</div>
              ${providerButtons(context, view.providers)}`
      }
      <div class="ak-Footer">
        <p>${say('haveAccount')} <a class="ak-Link" href="${context.action('sign-in')}">${say('signIn')}</a></p>
      </div>`,
    ...(view.status !== undefined && { status: view.status }),
  }
}

/** In the order in which the language says them. */
function names(context: ScreenContext, { firstName, lastName, problems }: SignUpView): Html | string {
  const { say, look } = context
  const wish = look.brand.settings.names_on_sign_up
  if (wish === 'hidden') return ''
  const labelOf = (label: string) => (wish === 'required' ? label : say('optional', { label }))
  const first = field(context, {
    name: 'first_name',
    label: labelOf(say('firstName')),
    value: firstName,
    autocomplete: 'given-name',
    problem: problems.first_name,
    autofocus: problems.first_name !== undefined,
    required: wish === 'required',
  })
  const last = field(context, {
    name: 'last_name',
    label: labelOf(say('lastName')),
    value: lastName,
    autocomplete: 'family-name',
    problem: problems.last_name,
    required: wish === 'required',
  })
  return html`<div class="ak-Names">${putsFamilyNameFirst(look.locale) ? [last, first] : [first, last]}</div>`
}

/** A password to choose, under the rules it has to keep. */
export function newPassword(
  context: ScreenContext,
  { minimumLength, refuseCommon }: PasswordRules,
  label: string,
  problem: string | undefined,
): Html {
  const { say } = context
  return html`${field(context, {
      name: 'password',
      label,
      type: 'password',
      autocomplete: 'new-password',
      problem,
      autofocus: problem !== undefined,
    })}
    <div class="ak-Rules">
      ${say('passwordNeeds')}
      <ul>
        <li>${say('needsLength', { count: minimumLength })}</li>
        ${
          refuseCommon
            ? html`<li>${say('needsUncommon')}</li>
                <li>${say('needsImpersonal')}</li>`
            : ''
        }
      </ul>
    </div>`
}
